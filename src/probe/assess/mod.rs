//! Computes one client's row of the result. Differences between clients come from their table.

mod first;
mod listed;
mod lookup;
mod missing;

use std::cell::OnceCell;

use super::clients::Client;
use super::diagnose;
use super::session::Session;
use super::subjects::Subject;
use super::visit::{CORS, Visit};
use crate::model::probe::{Capability, ClientResult, Grade, Problem, Trouble};

/// What is known when clients are judged.
pub(super) struct Assessor<'a> {
    pub(super) session: &'a Session<'a>,
    pub(super) subjects: &'a [Subject],
    why: OnceCell<Option<(Trouble, String)>>,
}

impl<'a> Assessor<'a> {
    pub(super) fn new(session: &'a Session<'a>, subjects: &'a [Subject]) -> Self {
        Self { session, subjects, why: OnceCell::new() }
    }

    /// Judges a client.
    pub(super) fn row(&self, client: &'static Client) -> ClientResult {
        let mut row = ClientResult::new(client.id, client.name);
        row.set(Capability::Reach, self.first_contact(client));
        let (list, problems) = self.list(client);
        row.set(Capability::List, problems);
        if let Some(list) = &list {
            row.set(Capability::Paging, self.paging(client, list));
            if let Some(problems) = self.search(client, list) {
                row.set(Capability::Search, problems);
            }
        }
        for (capability, problems) in self.lookups(client) {
            row.set(capability, problems);
        }
        if let Some(problems) = self.unknown(client) {
            row.set(Capability::Unknown, problems);
        }
        if client.origin.is_some() {
            let problems = collect(&row, |_, problem| CORS.iter().any(|cause| problem.is(*cause)));
            row.set(Capability::Cors, problems);
        }
        // A policy over servers that nobody could look up has not been tried.
        if client.enforces && !self.subjects.is_empty() {
            let decides = [Capability::Latest, Capability::Version, Capability::Unknown];
            let problems = collect(&row, |capability, _| decides.contains(&capability));
            row.set(Capability::Enforcement, problems);
        }
        row
    }

    /// Sends what the client sends for `target`.
    fn visit(&self, client: &'static Client, target: &str) -> Visit {
        Visit::new(self.session, client, target)
    }

    /// Returns what is wrong with a visit to a list: its way, its status, its body; with the cause that a
    /// closer look finds.
    fn list_problems(&self, visit: &Visit, missing: Trouble) -> Vec<Problem> {
        let mut problems = visit.problems.clone();
        let fault = visit.status_problem(missing).or_else(|| visit.body_problem());
        problems.extend(fault.map(|fault| self.explained(visit, fault)));
        problems
    }

    /// Returns the reason why there is no list in place of a fault that may have many.
    fn explained(&self, visit: &Visit, fault: Problem) -> Problem {
        let vague = [Trouble::ListMissing, Trouble::WebPageInstead, Trouble::Forbidden];
        let why = if vague.iter().any(|cause| fault.is(*cause)) { self.why() } else { None };
        match why {
            Some((trouble, seen)) => visit.problem(*trouble, Grade::Fails, seen.clone()),
            None => fault,
        }
    }

    /// Returns why there is no list. The answer is computed once.
    fn why(&self) -> Option<&(Trouble, String)> {
        self.why.get_or_init(|| diagnose::no_list(self.session)).as_ref()
    }
}

/// Returns the problems of a row that are wanted, each cause once.
fn collect(row: &ClientResult, wanted: impl Fn(Capability, &Problem) -> bool) -> Vec<Problem> {
    let mut found: Vec<Problem> = Vec::new();
    for (capability, problem) in row.problems() {
        if wanted(capability, problem) && !found.iter().any(|known| known.id == problem.id) {
            found.push(problem.clone());
        }
    }
    found
}
