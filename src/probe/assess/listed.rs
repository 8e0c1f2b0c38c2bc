//! The list: whether a client can read it, comes to its end, and finds something in it.

use std::rc::Rc;

use serde_json::Value;

use super::super::clients::{Client, Paging, Spelling};
use super::super::session::Response;
use super::super::subjects::rows;
use super::super::visit::Visit;
use super::Assessor;
use crate::model::probe::{Grade, Problem, Trouble};
use crate::text::percent_encode;

/// Pages that are asked for to see whether paging comes along.
const PAGES: usize = 3;

impl Assessor<'_> {
    /// Returns the list as this client gets it, and what is wrong with it.
    pub(super) fn list(&self, client: &'static Client) -> (Option<Rc<Response>>, Vec<Problem>) {
        let visit = self.visit(client, client.list);
        let mut problems = self.list_faults(&visit);
        let Some(end) = visit.end.clone().filter(|_| visit.is_success()) else {
            return (None, problems);
        };
        let flaws = client.reader.list(&end.body);
        problems.extend(flaws.into_iter().map(|f| visit.problem(f.trouble, f.grade, f.detail)));
        if let Some((max, grade)) = client.max_list
            && end.body.bytes.len() > max
            && end.body.whole
        {
            let detail = format!("{} bytes, at most {max}", end.body.bytes.len());
            problems.push(visit.problem(Trouble::TooLarge, grade, detail));
        }
        let Some(servers) = end.body.servers() else { return (None, problems) };
        problems.extend(content(client, &visit, servers));
        (Some(end), problems)
    }

    /// Returns what is wrong on the way to the list, with its status and with its body.
    pub(super) fn list_faults(&self, visit: &Visit) -> Vec<Problem> {
        // A missing v0 list is reported only where v0.1 is all right.
        let missing = match visit.query_of_list() {
            Some(list) if !self.session.base.slash && self.session.answers(list) => {
                Trouble::QueryNotFound
            }
            _ if visit.asks("/exports/") && self.session.answers("/v0.1/servers") => {
                Trouble::AmazonQMissing
            }
            _ if visit.asks("/v0/") && self.session.answers("/v0.1/servers") => Trouble::V0Missing,
            _ => Trouble::ListMissing,
        };
        self.list_problems(visit, missing)
    }

    /// Whether the client comes to the end of the list, and sees all of it.
    pub(super) fn paging(&self, client: &'static Client, list: &Response) -> Vec<Problem> {
        let Some(mut cursor) = next_cursor(list) else { return Vec::new() };
        let Paging::Follows(spelling) = client.paging else {
            let problem = self.visit(client, client.list).problem(
                Trouble::PageNeverAsked,
                Grade::Partly,
                format!("nextCursor is {cursor:?}"),
            );
            return vec![problem];
        };
        let mut problems = Vec::new();
        let mut seen = vec![first_row(list)];
        for _ in 0..PAGES {
            let joint = if client.list.contains('?') { '&' } else { '?' };
            let target = format!("{}{joint}cursor={}", client.list, spell(&cursor, spelling));
            let visit = self.visit(client, &target);
            if spelling == Spelling::Raw && cursor.contains(['&', '#', '%']) {
                let detail = format!("nextCursor is {cursor:?}");
                problems.push(visit.problem(Trouble::CursorNotPlain, Grade::Partly, detail));
            }
            let faults = self.list_faults(&visit);
            let failed = faults.iter().any(|fault| fault.grade == Grade::Fails);
            problems.extend(faults);
            let Some(page) = visit.end.as_ref().filter(|_| !failed) else { break };
            let first = first_row(page);
            if first.is_some() && seen.contains(&first) {
                let detail = format!("{} again", first.unwrap_or_default());
                problems.push(visit.problem(Trouble::CursorIgnored, Grade::Fails, detail));
                break;
            }
            seen.push(first);
            match next_cursor(page) {
                Some(next) => cursor = next,
                None => break,
            }
        }
        problems
    }

    /// Whether a search for a server finds it; `None` when the client has no search or there is
    /// nothing to look for.
    pub(super) fn search(&self, client: &'static Client, list: &Response) -> Option<Vec<Problem>> {
        let search = client.search?;
        let subject = self.subjects.first()?;
        let text = spell(&subject.name, search.spelling);
        let visit = self.visit(client, &format!("{}{text}{}", search.before, search.after));
        let mut problems = self.list_faults(&visit);
        let Some(end) = visit.end.as_ref().filter(|_| visit.is_success()) else {
            return Some(problems);
        };
        let Some(servers) = end.body.servers() else { return Some(problems) };
        let found = rows(servers);
        let listed = rows(list.body.servers()?);
        let all = found.len() >= listed.len() && listed.len() > 1;
        if !found.iter().any(|(name, ..)| *name == subject.name) {
            let detail = format!("{} is not among {} found", subject.name, found.len());
            problems.push(visit.problem(Trouble::SearchMisses, Grade::Fails, detail));
        } else if all && search.superset != Grade::Works {
            let detail = format!("{} found", found.len());
            problems.push(visit.problem(Trouble::SearchIgnored, search.superset, detail));
        }
        Some(problems)
    }
}

/// Returns what is wrong with the rows for every client.
fn content(client: &Client, visit: &Visit, servers: &[Value]) -> Vec<Problem> {
    let rows = rows(servers);
    let mut problems = Vec::new();
    let mut say = |trouble, detail| problems.push(visit.problem(trouble, Grade::Partly, detail));
    if servers.is_empty() {
        say(Trouble::EmptyList, String::new());
    }
    let mut names: Vec<&str> = rows.iter().map(|(name, ..)| *name).collect();
    names.sort_unstable();
    if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1])
        && client.shows_rows()
    {
        say(Trouble::DuplicateRows, format!("{} is there more than once", twice[0]));
    }
    if let Some((name, version, _)) = rows.iter().find(|(.., deleted)| *deleted) {
        say(Trouble::DeletedListed, format!("{name} {version}"));
    }
    problems
}

/// Returns the cursor of the next page; null and an empty one do not count (ran).
fn next_cursor(page: &Response) -> Option<String> {
    let cursor = page.body.json()?.pointer("/metadata/nextCursor")?.as_str()?;
    (!cursor.is_empty()).then(|| cursor.to_owned())
}

/// Returns the name and version of the first row.
fn first_row(page: &Response) -> Option<String> {
    let servers = page.body.servers()?;
    let (name, version, _) = *rows(servers).first()?;
    Some(format!("{name} {version}"))
}

/// Writes a text as in a query.
fn spell(text: &str, spelling: Spelling) -> String {
    match spelling {
        Spelling::Percent => percent_encode(text),
        Spelling::Form => percent_encode(text).replace("%20", "+"),
        Spelling::Raw => {
            let special = |c: char| !c.is_ascii_graphic() || matches!(c, '"' | '<' | '>' | '`');
            let parts =
                text.split_inclusive(special).map(|part| match part.strip_suffix(special) {
                    Some(plain) => format!("{plain}{}", percent_encode(&part[plain.len()..])),
                    None => part.to_owned(),
                });
            parts.collect()
        }
    }
}
