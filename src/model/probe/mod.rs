//! The result of a probe: what each client of the v0.1 API gets from a deployed registry, and why.
//!
//! One value for the terminal, Markdown, the badge, the page of the site and `probe.json`, whose form is
//! the serde form of [`ProbeResult`]. `probe` fills it, printers and pages read it. A result that was
//! read from a file may name clients and causes that this version does not know.

mod trouble;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use trouble::Trouble;

/// How far something works for a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// As the client expects.
    Works,
    /// With a loss that the user should know about.
    Partly,
    /// Does not work.
    Fails,
}

impl Grade {
    /// Returns the word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::Partly => "partly",
            Self::Fails => "fails",
        }
    }

    /// Returns the sign used in tables; `ascii` is for terminals without Unicode.
    pub fn sign(grade: Option<Self>, ascii: bool) -> &'static str {
        match (grade, ascii) {
            (Some(Self::Works), false) => "✓",
            (Some(Self::Works), true) => "ok",
            (Some(Self::Partly), _) => "~",
            (Some(Self::Fails), false) => "✗",
            (Some(Self::Fails), true) => "X",
            (None, false) => "·",
            (None, true) => "-",
        }
    }
}

/// Makes the list of capabilities and its two texts.
macro_rules! capabilities {
    ($($variant:ident $word:literal $meaning:literal)*) => {
        /// What a client needs from a registry.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "the meaning of each is in the table")]
        pub enum Capability { $($variant),* }

        impl Capability {
            /// Every capability, in the order of tables.
            pub const ALL: [Self; 10] = [$(Self::$variant),*];

            /// Returns the word used in JSON and in table heads.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// Returns what the word means; the text continues "the client …".
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning),* }
            }
        }
    };
}

capabilities! {
    Reach "reach" "succeeds with its first request"
    List "list" "can read the list"
    Paging "paging" "comes to the end of the list"
    Search "search" "finds a listed server"
    Latest "latest" "gets the latest version of a server"
    Version "version" "gets an exact version of a server"
    Versions "versions" "gets all versions of a server"
    Unknown "404" "sees that an unknown server is not there"
    Cors "cors" "runs in a browser and may read every answer"
    Enforcement "enforce" "lets a policy “only servers of the registry” pass the right ones"
}

/// The result of a probe. It holds no duration, so two probes of the same registry are equal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProbeResult {
    /// Name and version of the tool that made it.
    pub tool: String,
    /// The base URL as given, or the one that a preview will have.
    pub base_url: String,
    /// Whether a preview was asked, and not the registry at `base_url`.
    #[serde(default)]
    pub preview: bool,
    /// When it was asked (RFC 3339); absent where the result may depend on the answers alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_at: Option<String>,
    /// Number of names in the list.
    pub servers: u64,
    /// Server and version of every lookup.
    #[serde(default)]
    pub looked_up: Vec<LookedUp>,
    /// Number of requests sent.
    pub requests: u64,
    /// One row per client, in the order of the table of clients.
    pub clients: Vec<ClientResult>,
    /// Remarks that no client fails over today.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// A server and version that were looked up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookedUp {
    /// Name of the server.
    pub name: String,
    /// The version; empty when the list has none.
    pub version: String,
}

/// What one client gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientResult {
    /// The client's id in settings.
    pub id: String,
    /// The client's display name.
    pub name: String,
    /// Whether the registry is meant to work for it.
    #[serde(default)]
    pub required: bool,
    /// The worst of its capabilities.
    pub verdict: Grade,
    /// Its capabilities by [`Capability::as_str`].
    pub capabilities: BTreeMap<String, Cell>,
}

/// One capability of one client.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// How far it works; `None` when the client does not use it or it could not be tried.
    pub grade: Option<Grade>,
    /// Why it does not work in full.
    #[serde(default)]
    pub problems: Vec<Problem>,
}

/// One thing that is wrong for one client. A host may have written parts of `request` and `detail`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// [`Trouble::id`] of the cause.
    pub id: String,
    /// How badly it affects this client; never [`Grade::Works`].
    pub grade: Grade,
    /// What it is, as one clause.
    pub title: String,
    /// What was asked and what came, such as `GET /v0.1/servers → 404`.
    pub request: String,
    /// What exactly was seen; may be empty.
    #[serde(default)]
    pub detail: String,
    /// What to do about it, as one sentence.
    pub fix: String,
}

/// A cause with everything that it affects equally.
#[derive(Debug, Clone)]
pub struct ProblemGroup<'a> {
    /// The first place where it was seen.
    pub example: &'a Problem,
    /// Display names of the clients that it affects.
    pub clients: Vec<&'a str>,
    /// Capabilities that it affects.
    pub capabilities: Vec<Capability>,
}

impl Problem {
    /// Makes a problem with the texts of its cause.
    pub fn new(trouble: Trouble, grade: Grade, request: String, detail: String) -> Self {
        let [id, title, fix] = [trouble.id(), trouble.title(), trouble.fix()].map(str::to_owned);
        Self { id, grade, title, request, detail, fix }
    }

    /// Whether its cause is `trouble`.
    pub fn is(&self, trouble: Trouble) -> bool {
        self.id == trouble.id()
    }
}

impl ClientResult {
    /// Makes a row where nothing was tried.
    pub fn new(id: &str, name: &str) -> Self {
        let empty = |capability: Capability| (capability.as_str().to_owned(), Cell::default());
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            required: false,
            verdict: Grade::Works,
            capabilities: Capability::ALL.map(empty).into(),
        }
    }

    /// Stores the problems found with a capability that was tried.
    pub fn set(&mut self, capability: Capability, problems: Vec<Problem>) {
        let grade = problems.iter().map(|problem| problem.grade).max().unwrap_or(Grade::Works);
        self.verdict = self.verdict.max(grade);
        let cell = Cell { grade: Some(grade), problems };
        self.capabilities.insert(capability.as_str().to_owned(), cell);
    }

    /// Returns how far a capability works; `None` when it was not tried.
    pub fn grade(&self, capability: Capability) -> Option<Grade> {
        self.capabilities.get(capability.as_str())?.grade
    }

    /// Returns the problems of every known capability, in the order of tables.
    pub fn problems(&self) -> impl Iterator<Item = (Capability, &Problem)> {
        Capability::ALL.into_iter().flat_map(|capability| {
            let cell = self.capabilities.get(capability.as_str());
            cell.into_iter().flat_map(|cell| &cell.problems).map(move |found| (capability, found))
        })
    }

    /// Whether nothing fails for the client.
    pub fn works(&self) -> bool {
        self.verdict != Grade::Fails
    }
}

impl ProbeResult {
    /// Groups the problems by cause and grade: worst first, then in the order of [`Trouble::ALL`],
    /// causes that this version does not know last.
    pub fn causes(&self) -> Vec<ProblemGroup<'_>> {
        let mut groups: Vec<ProblemGroup<'_>> = Vec::new();
        for client in &self.clients {
            for (capability, problem) in client.problems() {
                let same = |group: &ProblemGroup<'_>| {
                    (&group.example.id, group.example.grade) == (&problem.id, problem.grade)
                };
                let at = groups.iter().position(same).unwrap_or_else(|| {
                    let (clients, capabilities) = (Vec::new(), Vec::new());
                    groups.push(ProblemGroup { example: problem, clients, capabilities });
                    groups.len() - 1
                });
                let group = &mut groups[at];
                if !group.clients.contains(&client.name.as_str()) {
                    group.clients.push(&client.name);
                }
                if !group.capabilities.contains(&capability) {
                    group.capabilities.push(capability);
                }
            }
        }
        groups.sort_by_key(|group| {
            let trouble = Trouble::parse(&group.example.id);
            (Reverse(group.example.grade), trouble.is_none(), trouble)
        });
        groups
    }
}
