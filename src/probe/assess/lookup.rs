//! Single documents: the newest version, an exact one, all versions of a server.

use serde_json::Value;

use super::super::clients::Client;
use super::super::diagnose::{no_server, spell};
use super::super::subjects::{Subject, rows};
use super::super::visit::Visit;
use super::Assessor;
use crate::model::probe::{Capability, Grade, Problem, Trouble};
use crate::text::percent_encode;

impl Assessor<'_> {
    /// Makes every lookup of the client; none when no server is known.
    pub(super) fn lookups(&self, client: &'static Client) -> Vec<(Capability, Vec<Problem>)> {
        if self.subjects.is_empty() {
            return Vec::new();
        }
        let uses = client.lookups;
        let kinds = [
            (uses.latest, Capability::Latest),
            (uses.version, Capability::Version),
            (uses.versions, Capability::Versions),
        ];
        let used = kinds.into_iter().filter(|(used, _)| *used);
        used.map(|(_, kind)| (kind, distinct(self.look_up(client, kind)))).collect()
    }

    /// Makes one kind of lookup for all subjects, in all spellings of the client.
    fn look_up(&self, client: &'static Client, kind: Capability) -> Vec<Problem> {
        let mut problems = Vec::new();
        for subject in self.subjects.iter().filter(|s| s.latest || kind == Capability::Version) {
            for slash in client.lookups.slash {
                let tails = match kind {
                    Capability::Versions => vec![String::new()],
                    Capability::Latest => vec!["/latest".to_owned()],
                    _ if subject.version.is_empty() => {
                        problems.push(nowhere(&path(client, subject, slash)));
                        continue;
                    }
                    _ => versions(client, &subject.version),
                };
                if tails.is_empty() {
                    problems.push(cannot_ask(&path(client, subject, slash), &subject.version));
                }
                for tail in tails {
                    problems.extend(self.document(client, subject, &tail, slash));
                }
            }
        }
        problems
    }

    /// Looks up one document of a server: its list of versions when `tail` is empty, else a version.
    fn document(
        &self,
        client: &'static Client,
        subject: &Subject,
        tail: &str,
        slash: &str,
    ) -> Vec<Problem> {
        let visit = self.visit(client, &format!("{}{tail}", path(client, subject, slash)));
        let mut problems = visit.problems.clone();
        if visit.status() == 404 {
            let (trouble, grade, why) = no_server(self.session, client, subject, tail, slash);
            problems.push(visit.problem(trouble, grade, why));
        } else {
            let fault = visit.status_problem(Trouble::ServerNotFound);
            let fault = fault.or_else(|| visit.body_problem());
            problems.extend(fault.map(|fault| self.explained(&visit, fault)));
        }
        let Some(end) = visit.end.as_ref().filter(|_| visit.is_success()) else { return problems };
        let all = tail.is_empty();
        let flaws = if all { client.reader.list(&end.body) } else { client.reader.one(&end.body) };
        problems.extend(flaws.into_iter().map(|f| visit.problem(f.trouble, f.grade, f.detail)));
        match (end.body.json(), end.body.servers()) {
            (Some(entry), _) if !all => {
                problems.extend(identity(client, subject, &visit, entry, tail == "/latest"));
            }
            (_, Some(servers)) if all && !subject.version.is_empty() => {
                let known = rows(servers);
                if !known.iter().any(|(_, version, _)| *version == subject.version) {
                    let detail = format!("{} is not among {}", subject.version, known.len());
                    problems.push(visit.problem(Trouble::VersionsIncomplete, Grade::Fails, detail));
                }
            }
            _ => {}
        }
        problems
    }
}

/// Returns the path of a server's versions.
fn path(client: &Client, subject: &Subject, slash: &str) -> String {
    format!("{}/servers/{}/versions", client.lookups.api, spell(&subject.name, slash))
}

/// Returns a slash and a version in each spelling of the client; none when it cannot write it.
fn versions(client: &Client, version: &str) -> Vec<String> {
    let encoded = format!("/{}", percent_encode(version));
    if !version.contains('+') {
        return vec![encoded];
    }
    client.lookups.plus.iter().map(|plus| encoded.replace("%2B", plus)).collect()
}

/// Returns the problem of a server without a known version.
fn nowhere(path: &str) -> Problem {
    let detail = "it is neither in the list nor found as latest".to_owned();
    Problem::new(Trouble::ServerNotFound, Grade::Fails, format!("GET {path}/latest"), detail)
}

/// Returns the problem of a version that the client never requests.
fn cannot_ask(path: &str, version: &str) -> Problem {
    let request = format!("GET {path}/{version} is never sent");
    Problem::new(Trouble::PlusRefused, Grade::Partly, request, String::new())
}

/// Checks that the document is about the requested version.
fn identity(
    client: &Client,
    subject: &Subject,
    visit: &Visit,
    entry: &Value,
    latest: bool,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut say = |trouble, grade, detail| problems.push(visit.problem(trouble, grade, detail));
    let text = |key: &str| entry.get("server").and_then(|server| server.get(key)?.as_str());
    // Policies compare names literally, case included.
    if let Some(name) = text("name").filter(|name| *name != subject.name) {
        say(Trouble::WrongServer, Grade::Fails, format!("{name} instead of {}", subject.name));
    } else if let Some(version) = text("version")
        && !subject.version.is_empty()
        && version != subject.version
    {
        let grade = if latest { Grade::Partly } else { Grade::Fails };
        let detail = format!("{version} instead of {}", subject.version);
        say(Trouble::WrongVersion, grade, detail);
    }
    let status = entry.pointer("/_meta/io.modelcontextprotocol.registry~1official/status");
    if status.and_then(Value::as_str) == Some("deleted") {
        let grade = if client.enforces { Grade::Fails } else { Grade::Partly };
        say(Trouble::DeletedAnswers, grade, String::new());
    }
    problems
}

/// Keeps the worst problem of each cause.
fn distinct(problems: Vec<Problem>) -> Vec<Problem> {
    let mut kept: Vec<Problem> = Vec::new();
    for problem in problems {
        match kept.iter_mut().find(|known| known.id == problem.id) {
            Some(known) if known.grade < problem.grade => *known = problem,
            Some(_) => {}
            None => kept.push(problem),
        }
    }
    kept
}
