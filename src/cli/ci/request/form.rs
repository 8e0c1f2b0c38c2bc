//! The issue form in which people ask for a server.
//!
//! A forge writes a filled form as Markdown: for each field a heading with its label, an empty line and the answer.
//! Everything in it is a stranger's text.

use crate::text::{count, is_invisible};

/// One field of the form.
#[derive(Debug)]
pub(super) struct Field {
    /// The heading in the issue, and the label in the form.
    pub(super) label: &'static str,
    required: bool,
    /// Most characters of the answer.
    max: usize,
    /// Whether the answer may have several lines.
    lines: bool,
}

const fn line(label: &'static str, required: bool) -> Field {
    Field { label, required, max: 400, lines: false }
}

pub(super) const NAME: Field = line("Server name", true);
pub(super) const SOURCE: Field = line("Source", true);
pub(super) const REPOSITORY: Field = line("Repository", false);
pub(super) const VERSION: Field = line("Version", false);
pub(super) const DESCRIPTION: Field = line("Description", true);
pub(super) const WHY: Field = Field { label: "Why", required: true, max: 2000, lines: true };
pub(super) const OWNER: Field = line("Owner", true);

/// Every field, in the order of the form.
pub(super) const FIELDS: [&Field; 7] =
    [&NAME, &SOURCE, &REPOSITORY, &VERSION, &DESCRIPTION, &WHY, &OWNER];

/// What the form of a forge holds for a field that was left empty.
const EMPTY: &str = "_No response_";

/// The answers of a form, by the label of their field.
#[derive(Debug)]
pub(super) struct Form {
    answers: Vec<(&'static str, String)>,
    /// Whether the issue has HTML that a forge does not show, so that a maintainer may have read other answers.
    hides: bool,
}

/// How such HTML begins: comments, declarations, instructions, and what is folded away.
const HIDING: [&str; 3] = ["<!", "<?", "<details"];

impl Form {
    /// Reads the text of an issue; the first answer to each field counts. Text that follows an unknown heading belongs
    /// to the answer before it.
    pub(super) fn read(issue: &str) -> Self {
        let mut answers: Vec<(&'static str, Vec<&str>)> = Vec::new();
        for line in issue.lines() {
            let heading = line.strip_prefix("### ").map(str::trim);
            let field = FIELDS.iter().find(|field| Some(field.label) == heading);
            let is_new = |label| answers.iter().all(|(known, _)| *known != label);
            match field.filter(|field| is_new(field.label)) {
                Some(field) => answers.push((field.label, Vec::new())),
                None => answers.last_mut().into_iter().for_each(|(_, lines)| lines.push(line)),
            }
        }
        let text = |lines: Vec<&str>| {
            let text = lines.join("\n").trim().to_owned();
            if text == EMPTY { String::new() } else { text }
        };
        let lower = issue.to_ascii_lowercase();
        let hides = HIDING.iter().any(|begin| lower.contains(begin));
        let answers = answers.into_iter().map(|(label, lines)| (label, text(lines))).collect();
        Self { answers, hides }
    }

    /// Returns the answer to a field; empty when there is none.
    pub(super) fn get(&self, field: &Field) -> &str {
        self.answers.iter().find(|(label, _)| *label == field.label).map_or("", |(_, text)| text)
    }

    /// Returns what is wrong with the answers, whatever they are about.
    pub(super) fn problems(&self) -> Vec<String> {
        let hidden =
            "The request: it has HTML that hides text, such as a comment; remove that HTML";
        let hidden = self.hides.then(|| hidden.to_owned());
        let of_fields = FIELDS.iter().filter_map(|field| problem(field, self.get(field)));
        hidden.into_iter().chain(of_fields).collect()
    }
}

/// Returns what is wrong with one answer.
fn problem(field: &Field, answer: &str) -> Option<String> {
    let label = field.label;
    if answer.is_empty() {
        return field.required.then(|| format!("{label}: an answer is needed"));
    }
    if answer.chars().count() > field.max {
        let max = count(u64::try_from(field.max).unwrap_or(u64::MAX), "character");
        return Some(format!("{label}: the answer is longer than {max}"));
    }
    let is_hidden = |c: char| is_invisible(c) && !(field.lines && matches!(c, '\n' | '\t'));
    if !field.lines && answer.contains('\n') {
        return Some(format!("{label}: the answer has more than one line"));
    }
    answer
        .chars()
        .any(is_hidden)
        .then(|| format!("{label}: the answer has characters that cannot be seen; type it again"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The form that `init --requests` writes.
    const TEMPLATE: &str =
        include_str!("../../../../templates/scaffold/requests/server-request.yml");

    #[test]
    fn the_template_asks_for_these_fields() {
        let labels: Vec<&str> = TEMPLATE
            .lines()
            .filter_map(|line| line.trim().strip_prefix("label: "))
            .map(|label| label.trim_matches('"'))
            .collect();
        assert_eq!(labels, FIELDS.map(|field| field.label));
        let required = TEMPLATE.matches("required: true").count();
        assert_eq!(required, FIELDS.iter().filter(|field| field.required).count());
        let long = TEMPLATE.matches("type: textarea").count();
        assert_eq!(long, FIELDS.iter().filter(|field| field.lines).count());
    }

    #[test]
    fn answers_are_found_below_their_labels() {
        let form = Form::read(
            "Hello\n\n### Server name\r\n\r\n a/b \r\n\n### Why\n\nOne\n\n### Other\nTwo\n\
             ### Server name\nc/d\n### Owner\n\n_No response_\n",
        );
        assert_eq!(form.get(&NAME), "a/b");
        assert_eq!(form.get(&WHY), "One\n\n### Other\nTwo\n### Server name\nc/d");
        assert_eq!((form.get(&OWNER), form.get(&SOURCE)), ("", ""));
        let problems = form.problems();
        assert_eq!(problems.len(), 3, "{problems:?}");
        assert!(problems[0].starts_with("Source: an answer is needed"));
    }

    #[test]
    fn answers_that_a_maintainer_cannot_see_are_a_problem() {
        let form = |name: &str| {
            let rest = "### Source\nx\n### Description\nx < y\n### Owner\nx\n### Why\nx\n";
            format!("### Server name\n\n{name}\n{rest}")
        };
        assert_eq!(Form::read(&form("a/b")).problems(), Vec::<String>::new());
        for (begin, end) in [("<!--", "-->"), ("<?x", "?>"), ("<Details>", "</details>")] {
            // All that is seen is the end of the last hidden answer.
            let issue = format!("{begin}\n{}{end}\n\n{}", form("evil/b"), form("a/b"));
            let problems = Form::read(&issue).problems();
            assert!(problems.len() == 1 && problems[0].contains("hides text"), "{problems:?}");
        }
    }

    #[test]
    fn an_answer_has_a_size_and_can_be_seen() {
        for (field, answer, wrong) in [
            (&NAME, "a/b".to_owned(), ""),
            (&NAME, "x".repeat(401), "longer than 400 characters"),
            (&NAME, "a/b\nc".to_owned(), "more than one line"),
            (&NAME, "a/\u{202e}b".to_owned(), "cannot be seen"),
            (&NAME, "a/\u{1b}[1mb".to_owned(), "cannot be seen"),
            (&WHY, "é\n\tx".repeat(500), ""),
            (&WHY, "a\u{200b}b".to_owned(), "cannot be seen"),
            (&VERSION, String::new(), ""),
        ] {
            match problem(field, &answer) {
                None => assert_eq!(wrong, "", "{answer}"),
                Some(text) => assert!(!wrong.is_empty() && text.contains(wrong), "{text}"),
            }
        }
    }
}
