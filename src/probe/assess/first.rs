//! A client's first contact.

use serde_json::Value;

use super::super::body::media;
use super::super::clients::{Client, Hello};
use super::super::visit::Visit;
use super::Assessor;
use crate::model::probe::{Grade, Problem, Trouble};

/// Seconds that ToolHive waits for the answer to its first request (code).
const TOOLHIVE_WAITS: u64 = 5;

impl Assessor<'_> {
    /// Tests the first requests of the client.
    pub(super) fn first_contact(&self, client: &'static Client) -> Vec<Problem> {
        match client.hello {
            Hello::List => {
                // The body is left to the list.
                let visit = self.visit(client, client.list);
                if visit.is_success() { visit.problems } else { self.list_faults(&visit) }
            }
            Hello::Detect(targets) => self.detect(client, targets),
            Hello::Typed(target) => self.typed(client, target),
            Hello::Openapi(target) => openapi(&self.visit(client, target)),
            Hello::Health(targets) => {
                let visits = targets.iter().map(|target| self.visit(client, target));
                let problems = visits.flat_map(|visit| {
                    let fault = visit.status_problem(Trouble::HealthMissing);
                    visit.problems.into_iter().chain(fault)
                });
                problems.collect()
            }
        }
    }

    /// Requests several URLs, of which the first 2xx decides; bodies are not read.
    fn detect(&self, client: &'static Client, targets: &[&str]) -> Vec<Problem> {
        let visits: Vec<Visit> = targets.iter().map(|target| self.visit(client, target)).collect();
        match visits.iter().position(Visit::is_success) {
            Some(0) => visits[0].problems.clone(),
            Some(at) => vec![visits[at].problem(Trouble::OnlyV0, Grade::Fails, String::new())],
            None => visits.first().map(|visit| self.list_faults(visit)).unwrap_or_default(),
        }
    }

    /// ToolHive's decision between an API and a file (code).
    fn typed(&self, client: &'static Client, target: &str) -> Vec<Problem> {
        let visit = self.visit(client, target);
        let mut problems = self.list_problems(&visit, Trouble::ListMissing);
        let Some(end) = visit.end.as_ref().filter(|_| visit.is_success()) else { return problems };
        let mut say = |trouble, detail| problems.push(visit.problem(trouble, Grade::Fails, detail));
        if !media(&end.reply).contains("application/json") {
            let kind = end.reply.header("content-type").unwrap_or("none");
            say(Trouble::ContentType, format!("Content-Type: {kind}"));
        }
        if let Some(list) = end.body.json() {
            if !list.get("servers").is_some_and(Value::is_array) {
                say(Trouble::NoServers, String::new());
            } else if !list.get("metadata").is_some_and(Value::is_object) {
                say(Trouble::NoMetadata, String::new());
            }
        }
        if end.reply.took.as_secs() >= TOOLHIVE_WAITS {
            say(Trouble::TooSlow, format!("longer than {TOOLHIVE_WAITS} seconds"));
        }
        problems
    }
}

/// Checks the OpenAPI document as toolhive-registry-server does (code).
fn openapi(visit: &Visit) -> Vec<Problem> {
    let mut problems = visit.problems.clone();
    if let Some(problem) = visit.status_problem(Trouble::OpenapiMissing) {
        problems.push(problem);
        return problems;
    }
    let Some(end) = &visit.end else { return problems };
    let text = String::from_utf8_lossy(&end.body.bytes);
    let known = match end.body.json() {
        Some(json) => {
            let text = |key| json.pointer(key).and_then(Value::as_str).unwrap_or_default();
            (text("/info/version") == "1.0.0", text("/info/description").contains(REPOSITORY))
        }
        None => in_yaml(&text),
    };
    let detail = match known {
        (true, true) => return problems,
        (false, _) => "info.version is not 1.0.0",
        (true, false) => "info.description does not name the registry's repository",
    };
    problems.push(visit.problem(Trouble::OpenapiForeign, Grade::Fails, detail.to_owned()));
    problems
}

/// The repository that the document's description has to name.
const REPOSITORY: &str = "modelcontextprotocol/registry";

/// Finds the two facts in the `info` block of a YAML text: the indented lines after `info:`.
fn in_yaml(text: &str) -> (bool, bool) {
    let after = text.lines().skip_while(|line| line.trim_end() != "info:").skip(1);
    let block: Vec<&str> =
        after.take_while(|line| line.trim().is_empty() || line.starts_with([' ', '\t'])).collect();
    let version = block.iter().find_map(|line| line.trim().strip_prefix("version:"));
    let version = version.map(|value| value.trim().trim_matches(['"', '\'']));
    (version == Some("1.0.0"), block.iter().any(|line| line.contains(REPOSITORY)))
}
