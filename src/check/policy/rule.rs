//! A rule, compiled: what it asks about an entry as a whole, and about each package and remote.

use super::facts::{Annotated, Facts, Target};
use super::spot::{Side, Spot};
use crate::config::{Action, Conditions, Day, host_pattern};
use crate::model::pattern::{Folded, Glob};

/// Patterns of which one must match.
pub(super) struct Globs(Vec<Glob>);

impl Globs {
    pub(super) fn new<'a>(patterns: impl IntoIterator<Item = &'a String>) -> Self {
        Self(patterns.into_iter().map(|pattern| Glob::new(pattern)).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of the patterns matches a text.
    pub(super) fn matches(&self, text: &Folded) -> bool {
        self.0.iter().any(|glob| glob.matches(text))
    }
}

/// A question about an entry as a whole.
enum EntryTest {
    Name(Globs),
    Namespace(Globs),
    Version(Globs),
    Origin(Globs),
    Proof(Vec<String>),
    YoungerThan(i64),
    SchemaBefore(i64),
    HasRepository(bool),
    Repository(Globs),
    HasLicense(bool),
    License(Globs),
    Owner(Globs),
    Tier(Globs),
    Risk(Globs),
    Tag(Globs),
    Reviewed(bool),
    ReviewExpired(bool),
    Approved(bool),
    Scanned(bool),
}

/// A question about a package or remote.
enum TargetTest {
    PackageType(Vec<String>),
    PackageHost(Globs),
    RemoteHost(Globs),
    Transport(Vec<String>),
    Package(Globs),
    ExactVersion(bool),
    FileSha256(bool),
    Pinned(bool),
    Argument(Globs),
    Variable(Globs),
    UnmarkedSecret(bool),
}

/// Whether a rule matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Match<'a> {
    No,
    /// It does, because of what is at this place.
    Yes(Spot<'a>),
    /// That depends on what is not known yet.
    Unknown,
}

/// A compiled rule.
pub(super) struct Compiled {
    action: Action,
    entry: Vec<EntryTest>,
    target: Vec<TargetTest>,
    asks: Asks,
}

/// Whether a rule asks about packages alone, and about remotes alone.
#[derive(Clone, Copy)]
struct Asks {
    packages: bool,
    remotes: bool,
}

impl Compiled {
    pub(super) fn new(action: Action, given: &Conditions) -> Self {
        let globs = |list: &Option<Vec<String>>| list.as_ref().map(Globs::new);
        let hosts = |list: &Option<Vec<String>>| {
            let patterns = list.as_ref()?.iter().filter_map(|host| host_pattern(host));
            Some(Globs::new(&patterns.collect::<Vec<_>>()))
        };
        let day = |day: &Option<Day>| day.as_ref().map(Day::number);
        // What comes last explains a match best, so each list goes from the general to the special.
        let entry = [
            globs(&given.name).map(EntryTest::Name),
            globs(&given.namespace).map(EntryTest::Namespace),
            given.namespace_younger_than.map(|days| EntryTest::YoungerThan(days.into())),
            given.proof.clone().map(EntryTest::Proof),
            globs(&given.origin).map(EntryTest::Origin),
            globs(&given.version).map(EntryTest::Version),
            day(&given.schema_before).map(EntryTest::SchemaBefore),
            given.has_repository.map(EntryTest::HasRepository),
            globs(&given.repository).map(EntryTest::Repository),
            given.has_license.map(EntryTest::HasLicense),
            globs(&given.license).map(EntryTest::License),
            globs(&given.owner).map(EntryTest::Owner),
            globs(&given.tier).map(EntryTest::Tier),
            globs(&given.risk).map(EntryTest::Risk),
            globs(&given.tag).map(EntryTest::Tag),
            given.reviewed.map(EntryTest::Reviewed),
            given.review_expired.map(EntryTest::ReviewExpired),
            given.approved.map(EntryTest::Approved),
            given.scanned.map(EntryTest::Scanned),
        ];
        let target = [
            given.package_type.clone().map(TargetTest::PackageType),
            hosts(&given.package_host).map(TargetTest::PackageHost),
            hosts(&given.remote_host).map(TargetTest::RemoteHost),
            given.transport.clone().map(TargetTest::Transport),
            globs(&given.package).map(TargetTest::Package),
            given.exact_version.map(TargetTest::ExactVersion),
            given.file_sha256.map(TargetTest::FileSha256),
            given.pinned.map(TargetTest::Pinned),
            globs(&given.argument).map(TargetTest::Argument),
            globs(&given.variable).map(TargetTest::Variable),
            given.unmarked_secret.map(TargetTest::UnmarkedSecret),
        ];
        let target: Vec<TargetTest> = target.into_iter().flatten().collect();
        let asks = |side| target.iter().any(|test| test.side() == Some(side));
        let asks = Asks { packages: asks(Side::Packages), remotes: asks(Side::Remotes) };
        Self { action, entry: entry.into_iter().flatten().collect(), target, asks }
    }

    /// Returns the numbers of days that the age of a namespace is compared with.
    pub(super) fn ages(&self) -> impl Iterator<Item = i64> + '_ {
        self.entry.iter().filter_map(|test| match test {
            EntryTest::YoungerThan(days) => Some(*days),
            _ => None,
        })
    }

    /// Whether the rule matches.
    ///
    /// A rule that denies or warns matches if any package or remote meets its questions about them; one that
    /// allows only if every one does, so that what was not asked about is never let through.
    pub(super) fn matches<'a>(&self, facts: &Facts<'a>) -> Match<'a> {
        let (mut spot, mut is_known) = (Spot::Top(&["name"]), true);
        for test in &self.entry {
            match test.holds(facts) {
                Match::No => return Match::No,
                Match::Yes(here) => spot = here,
                Match::Unknown => is_known = false,
            }
        }
        if !self.target.is_empty() {
            match self.target(facts) {
                Some(here) => spot = here,
                None => return Match::No,
            }
        }
        if is_known { Match::Yes(spot) } else { Match::Unknown }
    }

    /// Returns the place of the package or remote because of which the questions about them are met.
    fn target<'a>(&self, facts: &Facts<'a>) -> Option<Spot<'a>> {
        let meets = |target: &Target<'a>| self.meets(target);
        if self.action == Action::Allow {
            let all = facts.targets.iter().map(meets).collect::<Option<Vec<_>>>()?;
            return all.first().copied().filter(|_| !facts.is_partial);
        }
        if facts.is_partial && self.action == Action::Deny {
            return Some(Spot::Top(&["packages"])); // what could not be read may be what the rule is about
        }
        let of = |side| facts.targets.iter().filter(move |target| target.side == side);
        let (packages, remotes) = (of(Side::Packages), of(Side::Remotes));
        match self.asks {
            Asks { packages: true, remotes: true } => {
                let package = packages.into_iter().find_map(meets)?;
                remotes.into_iter().find_map(meets).map(|_| package)
            }
            _ => facts.targets.iter().find_map(meets),
        }
    }

    /// Returns the place that explains best why a package or remote meets all questions about it.
    fn meets<'a>(&self, target: &Target<'a>) -> Option<Spot<'a>> {
        let (here, other) = match target.side {
            Side::Packages => (self.asks.packages, self.asks.remotes),
            Side::Remotes => (self.asks.remotes, self.asks.packages),
        };
        if other && !here {
            return None; // the rule asks only about the others
        }
        let mut spot = Spot::Member(target.side, target.index, &[]);
        for test in &self.target {
            if test.side().is_none_or(|side| side == target.side) {
                spot = test.holds(target)?;
            }
        }
        Some(spot)
    }
}

impl EntryTest {
    fn holds<'a>(&self, facts: &Facts<'a>) -> Match<'a> {
        let yes = |holds: bool, keys: &'static [&'static str]| match holds {
            true => Match::Yes(Spot::Top(keys)),
            false => Match::No,
        };
        let any = |globs: &Globs, text: &Option<Folded>| {
            text.as_ref().is_some_and(|text| globs.matches(text))
        };
        match self {
            Self::Name(globs) => yes(globs.matches(&facts.name), &["name"]),
            Self::Namespace(globs) => yes(globs.matches(&facts.namespace), &["name"]),
            Self::Version(globs) => yes(globs.matches(&facts.version), &["version"]),
            Self::Origin(globs) => yes(globs.matches(&facts.origin), &["name"]),
            Self::Proof(words) => match facts.known.proof {
                Some(proof) => yes(words.iter().any(|word| word == proof), &["name"]),
                None => Match::Unknown,
            },
            Self::YoungerThan(days) => match facts.known.age {
                Some(age) => yes(age < *days, &["name"]),
                None => Match::Unknown,
            },
            // A schema without a day is a draft or unknown, which nobody decided to accept.
            Self::SchemaBefore(day) => {
                yes(facts.schema.is_none_or(|schema| schema < *day), &["$schema"])
            }
            Self::HasRepository(has) => {
                yes(facts.repository.is_some() == *has, &["repository", "url"])
            }
            Self::Repository(globs) => yes(any(globs, &facts.repository), &["repository", "url"]),
            Self::HasLicense(has) => yes(facts.license.is_some() == *has, LICENSE),
            Self::License(globs) => yes(any(globs, &facts.license), LICENSE),
            _ => match self.holds_of(facts.annotated.as_ref()) {
                (true, field) => Match::Yes(Spot::Annotation(field)),
                (false, _) => Match::No,
            },
        }
    }

    /// Whether a question about annotations is met, and the field that it is about.
    fn holds_of(&self, annotated: Option<&Annotated>) -> (bool, &'static str) {
        let any = |globs: &Globs, text: fn(&Annotated) -> &Option<Folded>| {
            annotated.and_then(|it| text(it).as_ref()).is_some_and(|text| globs.matches(text))
        };
        let has =
            |flag: fn(&Annotated) -> bool, wanted: &bool| annotated.is_some_and(flag) == *wanted;
        match self {
            Self::Owner(globs) => (any(globs, |it| &it.owner), "owner"),
            Self::Tier(globs) => (any(globs, |it| &it.tier), "tier"),
            Self::Risk(globs) => (any(globs, |it| &it.risk), "risk"),
            Self::Tag(globs) => {
                let tags = annotated.map(|it| it.tags.as_slice()).unwrap_or_default();
                (tags.iter().any(|tag| globs.matches(tag)), "tags")
            }
            Self::Reviewed(is) => (has(|it| it.has_review && !it.is_expired, is), "review"),
            Self::ReviewExpired(is) => (has(|it| it.is_expired, is), "review"),
            Self::Approved(is) => (has(|it| it.has_approval, is), "approval"),
            Self::Scanned(is) => (has(|it| it.has_scan, is), "scan"),
            _ => (false, ""),
        }
    }
}

/// Where publishers name the licence.
const LICENSE: &[&str] = &["_meta", crate::model::PUBLISHER_KEY, "github", "license"];

impl TargetTest {
    /// Returns the list that the question is about; `None` for both.
    fn side(&self) -> Option<Side> {
        match self {
            Self::RemoteHost(_) => Some(Side::Remotes),
            Self::Transport(_) | Self::Variable(_) | Self::UnmarkedSecret(_) => None,
            _ => Some(Side::Packages),
        }
    }

    fn holds<'a>(&self, target: &Target<'a>) -> Option<Spot<'a>> {
        let member = |keys| Spot::Member(target.side, target.index, keys);
        let host = |globs: &Globs| target.host.1.as_ref().is_some_and(|host| globs.matches(host));
        let (holds, spot) = match self {
            Self::PackageType(words) => {
                (words.iter().any(|word| word == target.kind), member(&["registryType"]))
            }
            Self::PackageHost(globs) => (
                host(globs),
                member(match target.host.0 {
                    "identifier" => &["identifier"],
                    "registryBaseUrl" => &["registryBaseUrl"],
                    _ => &["registryType"],
                }),
            ),
            Self::RemoteHost(globs) => (host(globs), member(&["url"])),
            Self::Transport(words) => (
                words.iter().any(|word| word == target.transport),
                member(match target.side {
                    Side::Packages => &["transport", "type"],
                    Side::Remotes => &["type"],
                }),
            ),
            Self::Package(globs) => (globs.matches(&target.identifier), member(&["identifier"])),
            Self::ExactVersion(exact) => (
                target.is_exact == *exact,
                member(if target.pinned.is_some() { &["identifier"] } else { &["version"] }),
            ),
            Self::FileSha256(has) => (target.has_hash == *has, member(&["fileSha256"])),
            Self::Pinned(pinned) => (target.pinned == Some(*pinned), member(&["identifier"])),
            Self::Argument(globs) => return found(globs, &target.arguments),
            Self::Variable(globs) => return found(globs, &target.variables),
            Self::UnmarkedSecret(true) => return target.unmarked,
            Self::UnmarkedSecret(false) => (target.unmarked.is_none(), member(&[])),
        };
        holds.then_some(spot)
    }
}

/// Returns the place of the first text that matches.
fn found<'a>(globs: &Globs, texts: &[(Spot<'a>, Folded)]) -> Option<Spot<'a>> {
    texts.iter().find(|(_, text)| globs.matches(text)).map(|(spot, _)| *spot)
}
