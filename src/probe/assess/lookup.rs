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
    /// Every lookup that the client makes; nothing when no server is known.
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

    /// One kind of lookup for all subjects, in all spellings of the client.
    fn look_up(&self, client: &'static Client, kind: Capability) -> Vec<Problem> {
        let mut problems = Vec::new();
        for subject in self.subjects.iter().filter(|s| s.latest || kind == Capability::Version) {
            for slash in client.lookups.slash {
                let path = format!("/v0.1/servers/{}/versions", spell(&subject.name, slash));
                match kind {
                    Capability::Versions => {
                        problems.extend(self.versions(client, subject, &path, slash));
                    }
                    Capability::Latest => {
                        problems.extend(self.one(client, subject, &path, "/latest", slash));
                    }
                    _ if subject.version.is_empty() => problems.push(nowhere(&path)),
                    _ => {
                        let spellings = versions(client, &subject.version);
                        if spellings.is_empty() {
                            problems.push(cannot_ask(&path, &subject.version));
                        }
                        for version in spellings {
                            problems.extend(self.one(
                                client,
                                subject,
                                &path,
                                &format!("/{version}"),
                                slash,
                            ));
                        }
                    }
                }
            }
        }
        problems
    }

    /// A document below a server's name, and what is wrong on the way there, with its status and with
    /// its body.
    fn document(
        &self,
        client: &'static Client,
        subject: &Subject,
        path: &str,
        tail: &str,
        slash: &str,
    ) -> (Visit, Vec<Problem>) {
        let visit = self.visit(client, &format!("{path}{tail}"));
        let mut problems = visit.problems.clone();
        if visit.status() == 404 {
            let (trouble, grade, why) = no_server(self.session, client, subject, tail, slash);
            problems.push(visit.problem(trouble, grade, why));
        } else {
            let fault = visit.status_problem(Trouble::ServerNotFound);
            problems.extend(fault.or_else(|| visit.body_problem()));
        }
        (visit, problems)
    }

    /// The document of a version.
    fn one(
        &self,
        client: &'static Client,
        subject: &Subject,
        path: &str,
        tail: &str,
        slash: &str,
    ) -> Vec<Problem> {
        let (visit, mut problems) = self.document(client, subject, path, tail, slash);
        let Some(end) = visit.end.as_ref().filter(|_| visit.is_success()) else { return problems };
        let flaws = client.reader.one(&end.body);
        problems.extend(flaws.into_iter().map(|f| visit.problem(f.trouble, f.grade, f.detail)));
        if let Some(entry) = end.body.json() {
            problems.extend(identity(client, subject, &visit, entry, tail == "/latest"));
        }
        problems
    }

    /// The list of a server's versions.
    fn versions(
        &self,
        client: &'static Client,
        subject: &Subject,
        path: &str,
        slash: &str,
    ) -> Vec<Problem> {
        let (visit, mut problems) = self.document(client, subject, path, "", slash);
        let Some(end) = visit.end.as_ref().filter(|_| visit.is_success()) else { return problems };
        let flaws = client.reader.list(&end.body);
        problems.extend(flaws.into_iter().map(|f| visit.problem(f.trouble, f.grade, f.detail)));
        let known = end.body.servers().map(|servers| rows(servers)).unwrap_or_default();
        let there = known.iter().any(|(_, version, _)| *version == subject.version);
        if end.body.servers().is_some() && !there && !subject.version.is_empty() {
            let detail = format!("{} is not among {}", subject.version, known.len());
            problems.push(visit.problem(Trouble::VersionsIncomplete, Grade::Fails, detail));
        }
        problems
    }
}

/// A version as the client writes it, in each of its spellings; none when it cannot.
fn versions(client: &Client, version: &str) -> Vec<String> {
    let encoded = percent_encode(version);
    if !version.contains('+') {
        return vec![encoded];
    }
    client.lookups.plus.iter().map(|plus| encoded.replace("%2B", plus)).collect()
}

/// A server of which no version is known: neither the list nor `latest` has it.
fn nowhere(path: &str) -> Problem {
    let detail = "it is neither in the list nor found as latest".to_owned();
    Problem::new(Trouble::ServerNotFound, Grade::Fails, format!("GET {path}/latest"), detail)
}

/// A client that refuses a version before it asks for it.
fn cannot_ask(path: &str, version: &str) -> Problem {
    let request = format!("GET {path}/{version} is never sent");
    let detail = "this client refuses versions with +".to_owned();
    Problem::new(Trouble::PlusLost, Grade::Partly, request, detail)
}

/// Whether the document is about the version that was asked for.
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

/// Every cause once, in its worst form.
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
