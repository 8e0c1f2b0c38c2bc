//! What a probe found out: client × capability, and why.
//!
//! Plain data, the same for the terminal, JSON, Markdown and the badge. It holds no duration and no
//! date, so that two probes of the same registry are equal.

use serde::{Deserialize, Serialize};

use super::clients::Client;
use super::trouble::Trouble;

/// How far something works for a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// As the client expects.
    Works,
    /// With a loss that a person should know of.
    Partly,
    /// Not.
    Fails,
}

impl Grade {
    /// The word of JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::Partly => "partly",
            Self::Fails => "fails",
        }
    }

    /// The sign of tables; `ascii` for terminals without Unicode.
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

/// What a client needs of a registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Capability {
    /// Its first contact succeeds.
    Reach,
    /// It can read the list.
    List,
    /// It comes to the end of the list.
    Paging,
    /// A search finds.
    Search,
    /// `…/versions/latest` of a listed server.
    Latest,
    /// `…/versions/{version}` of a listed server.
    Version,
    /// `…/versions` of a listed server.
    Versions,
    /// What is not there is seen to be not there.
    Unknown,
    /// A renderer may read every hop.
    Cors,
    /// A policy "only servers of the registry" lets the right ones through.
    Enforcement,
}

impl Capability {
    /// Every capability, in the order of tables.
    pub const ALL: [Self; 10] = [
        Self::Reach,
        Self::List,
        Self::Paging,
        Self::Search,
        Self::Latest,
        Self::Version,
        Self::Versions,
        Self::Unknown,
        Self::Cors,
        Self::Enforcement,
    ];

    /// The word of JSON and of table heads.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reach => "reach",
            Self::List => "list",
            Self::Paging => "paging",
            Self::Search => "search",
            Self::Latest => "latest",
            Self::Version => "version",
            Self::Versions => "versions",
            Self::Unknown => "404",
            Self::Cors => "cors",
            Self::Enforcement => "enforce",
        }
    }

    /// What the word means, for people; it continues "the client …".
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Reach => "succeeds with its first request",
            Self::List => "can read the list",
            Self::Paging => "comes to the end of the list",
            Self::Search => "finds a listed server",
            Self::Latest => "gets the latest version of a server",
            Self::Version => "gets an exact version of a server",
            Self::Versions => "gets all versions of a server",
            Self::Unknown => "sees that an unknown server is not there",
            Self::Cors => "runs in a browser and may read every answer",
            Self::Enforcement => "lets a policy “only servers of the registry” pass the right ones",
        }
    }
}

/// One thing that is wrong for one client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The cause.
    pub trouble: Trouble,
    /// How badly it hurts this client; never [`Grade::Works`].
    pub grade: Grade,
    /// What was asked and what came, such as `GET /v0.1/servers → 404`.
    pub request: String,
    /// What exactly was seen; may be empty. Strangers may have written parts of it.
    pub detail: String,
}

/// A capability of a client.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    /// How far it works; `None` when the client does not use it or it could not be tried.
    pub grade: Option<Grade>,
    /// Why it does not work in full.
    pub problems: Vec<Problem>,
}

impl Cell {
    /// A cell that was tried, with what was found.
    pub(super) fn tried(problems: Vec<Problem>) -> Self {
        let worst = problems.iter().map(|problem| problem.grade).max();
        Self { grade: Some(worst.unwrap_or(Grade::Works)), problems }
    }
}

/// All capabilities of a client.
#[derive(Debug, Clone)]
pub struct Row {
    /// Whose they are.
    pub client: &'static Client,
    cells: [Cell; Capability::ALL.len()],
}

impl Row {
    /// A row where nothing was tried.
    pub(super) fn new(client: &'static Client) -> Self {
        Self { client, cells: std::array::from_fn(|_| Cell::default()) }
    }

    /// What is known of a capability.
    pub fn cell(&self, capability: Capability) -> &Cell {
        &self.cells[capability as usize]
    }

    /// Puts down what was found.
    pub(super) fn set(&mut self, capability: Capability, problems: Vec<Problem>) {
        self.cells[capability as usize] = Cell::tried(problems);
    }

    /// Capabilities with what is known of them.
    pub fn cells(&self) -> impl Iterator<Item = (Capability, &Cell)> {
        Capability::ALL.into_iter().zip(&self.cells)
    }

    /// The worst of all capabilities: a client works when none fails.
    pub fn verdict(&self) -> Grade {
        self.cells.iter().filter_map(|cell| cell.grade).max().unwrap_or(Grade::Works)
    }
}

/// What a probe found out.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Findings {
    /// The base URL as given, or the one that a preview stands for.
    pub base: String,
    /// Whether a preview was asked, and not the registry at `base`.
    pub preview: bool,
    /// Names in the list.
    pub servers: usize,
    /// Server and version of every lookup.
    pub subjects: Vec<(String, String)>,
    /// A row for each client, in the order of the table.
    pub rows: Vec<Row>,
    /// Remarks that no client fails over today.
    pub notes: Vec<String>,
    /// Requests that were sent.
    pub requests: usize,
}

impl Findings {
    /// The findings of the preview at `address` as those of the registry that will be at `url`.
    ///
    /// What the preview calls itself is renamed wherever it was quoted, so that the findings depend on
    /// its answers alone and not on the port that happened to be free.
    pub(super) fn standing_for(mut self, url: &str, address: &str) -> Self {
        let rename = |text: &mut String| {
            if text.contains(address) {
                *text = text.replace(address, url);
            }
        };
        for row in &mut self.rows {
            for problem in row.cells.iter_mut().flat_map(|cell| &mut cell.problems) {
                rename(&mut problem.request);
                rename(&mut problem.detail);
            }
        }
        self.notes.iter_mut().for_each(rename);
        Self { base: url.to_owned(), preview: true, ..self }
    }

    /// Those of `ids` for which something fails.
    pub fn failing<'a>(&self, ids: &'a [String]) -> Vec<&'a str> {
        let fails = |id: &&'a String| {
            self.rows.iter().any(|row| row.client.id == **id && row.verdict() == Grade::Fails)
        };
        ids.iter().filter(fails).map(String::as_str).collect()
    }

    /// Every cause with an example and the cells that it hurts, worst first.
    pub fn causes(&self) -> Vec<Cause<'_>> {
        let mut causes: Vec<Cause<'_>> = Vec::new();
        for row in &self.rows {
            for (capability, cell) in row.cells() {
                for problem in &cell.problems {
                    let known = causes.iter_mut().find(|cause| {
                        (cause.example.trouble, cause.example.grade)
                            == (problem.trouble, problem.grade)
                    });
                    match known {
                        Some(cause) => cause.add(row.client, capability),
                        None => causes.push(Cause {
                            example: problem,
                            clients: vec![row.client],
                            capabilities: vec![capability],
                        }),
                    }
                }
            }
        }
        causes.sort_by_key(|c| (std::cmp::Reverse(c.example.grade), c.example.trouble));
        causes
    }
}

/// A cause and everything that it hurts equally.
#[derive(Debug, Clone)]
pub struct Cause<'a> {
    /// The first place where it was seen.
    pub example: &'a Problem,
    /// Clients that it hurts.
    pub clients: Vec<&'static Client>,
    /// Capabilities that it hurts.
    pub capabilities: Vec<Capability>,
}

impl Cause<'_> {
    fn add(&mut self, client: &'static Client, capability: Capability) {
        if !self.clients.iter().any(|known| known.id == client.id) {
            self.clients.push(client);
        }
        if !self.capabilities.contains(&capability) {
            self.capabilities.push(capability);
        }
    }
}
