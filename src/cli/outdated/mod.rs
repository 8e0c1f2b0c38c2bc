//! `outdated`: compares packages with their registries, and mirrored entries with the registry that they came from.
//!
//! Only the newest version of each server is looked at. The build has no network, so pages show what
//! `check --online --record` has written.

mod bump;
mod rows;
mod upstream;

use std::cmp::Ordering;

use crate::check::Profile;
use crate::data::{Edits, require_folder};
use crate::diag::format::Format;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Entry, Listing, ServerName, compare_packages, pattern};
use crate::package::{Asker, Newest, Question, for_each, newest, questions};
use crate::pipeline::{Silent, check_each, load};
use crate::text::count;

use super::args::{Global, OutdatedArgs};
use super::changes::{lock, next_change, write};
use super::net::PackageDoors;
use super::outcome::Outcome;
use super::talk::Talk;
use rows::{Row, State};

/// The newest version of a server.
struct Subject {
    name: ServerName,
    entry: Entry,
    questions: Vec<Question>,
}

/// Prints what has a newer version, and writes new versions when that was asked for.
pub(super) fn run(global: &Global, args: &OutdatedArgs, talk: &Talk) -> Result<Outcome> {
    if !matches!(global.format, Format::Human | Format::Json) {
        return Err(Error::new(ErrorKind::Usage, "this list cannot be printed in this form")
            .help("use --format human or json"));
    }
    let doors = PackageDoors::new(global)?;
    require_folder(&global.data)?;
    if args.write && global.rev.is_some() {
        return Err(Error::new(ErrorKind::Usage, "a revision cannot be written to")
            .help("leave out --rev or --write"));
    }
    let _held = lock(global, !args.write || args.dry_run)?;
    let mut options = global.load_options()?;
    options.profile = Profile::Official;
    let loaded = load(&options)?;
    let subjects = subjects(&loaded, &args.names)?;
    let asker = Asker::new(doors.doors(&loaded.config.packages), &loaded.config.packages);
    let found = packages(&asker, &subjects, talk);
    let mut rows: Vec<Row> = found.iter().flatten().map(|(row, _)| row.clone()).collect();
    rows.extend(upstream::rows(
        global,
        &subjects,
        &loaded.config.mirrors,
        args.token_env.as_deref(),
        talk,
    )?);
    rows.sort_by(|a, b| (&a.server, &a.package).cmp(&(&b.server, &b.package)));
    let mut edits = Edits::default();
    if args.write {
        for (subject, found) in subjects.iter().zip(&found) {
            bump::plan(&loaded, subject, found, &asker, &mut edits, &mut rows)?;
        }
    }
    match global.format {
        Format::Json => talk.data(&rows::to_json(&rows)),
        _ => talk.data(&rows::table(&rows, talk.is_verbose())),
    }
    let (outdated, open) =
        (rows::number(&rows, State::Outdated), rows::number(&rows, State::Unknown));
    let packages = rows.iter().filter(|row| row.package.is_some()).count();
    talk.say(&format!(
        "compared {} and {}: {outdated} outdated, {open} without an answer",
        count(packages, "package"),
        count(rows.len() - packages, "mirrored server")
    ));
    if args.write && !edits.is_empty() {
        write(global, &edits, args.dry_run, talk)?;
        let verb = if args.dry_run { "would write" } else { "wrote" };
        talk.say(&format!("{verb} {}", count(edits.len(), "new version")));
        next_change(global, "Update packages", args.dry_run, talk);
    }
    Ok(match (outdated, open) {
        (0, 0) => Outcome::Fine,
        (0, _) => Outcome::Indeterminate,
        _ => Outcome::Refused,
    })
}

/// Returns the newest version of each server that `names` allows.
fn subjects(loaded: &crate::pipeline::Loaded, names: &[String]) -> Result<Vec<Subject>> {
    let wanted = |name: &str| names.is_empty() || names.iter().any(|it| pattern::matches(it, name));
    let newest = |listing: Listing| {
        let entry = listing.live_latest().filter(|_| wanted(listing.name().as_str()))?;
        let document = serde_json::from_str(&entry.document).unwrap_or_default();
        let questions = questions(&document);
        Some(Subject { name: listing.name().clone(), entry: entry.clone(), questions })
    };
    let found: Vec<Subject> =
        check_each(loaded, &Silent, newest)?.kept.into_iter().flatten().collect();
    if found.is_empty() && !names.is_empty() {
        let what = format!("no server is called {}", names.join(" or "));
        return Err(Error::new(ErrorKind::Usage, what)
            .help("names are case-sensitive; `mcp-static check` counts the servers"));
    }
    Ok(found)
}

/// Returns a row for each package of the servers' own entries, with the newest version.
fn packages(
    asker: &Asker<'_>,
    subjects: &[Subject],
    talk: &Talk,
) -> Vec<Vec<(Row, Option<String>)>> {
    let own = |subject: &&Subject| subject.entry.mirrored_from().is_none();
    let all: Vec<Question> =
        subjects.iter().filter(own).flat_map(|it| it.questions.clone()).collect();
    let observer = talk.observer();
    observer.stage("asking package registries", all.len() as u64);
    let answers = for_each(&all, &|| observer.step(1), |question| newest(asker, question));
    observer.done();
    let mut answers = answers.into_iter();
    let row = |subject: &Subject, question: &Question, answer: Newest| {
        let (newest, mut state, why) = match answer {
            Newest::Version(version) => (Some(version), State::Current, String::new()),
            Newest::Nothing(why) => (None, State::Skipped, why.to_owned()),
            Newest::Unknown(why) => (None, State::Unknown, why),
        };
        let current = question.current().to_owned();
        if newest
            .as_ref()
            .is_some_and(|it| compare_packages(it, &current) == Some(Ordering::Greater))
        {
            state = State::Outdated;
        }
        let row = Row {
            server: subject.name.to_string(),
            version: subject.entry.version.to_string(),
            package: Some(format!("{} {}", question.kind, question.identifier)),
            current,
            newest: newest.clone(),
            state,
            why,
        };
        (row, newest.filter(|_| state == State::Outdated))
    };
    let mut of_subject = |subject: &Subject| match own(&subject) {
        true => {
            let asked = subject.questions.iter().zip(answers.by_ref());
            asked.map(|(question, answer)| row(subject, question, answer)).collect()
        }
        false => Vec::new(),
    };
    subjects.iter().map(&mut of_subject).collect()
}
