//! Templates: sections that may be left out, and words in double underscores that are replaced.

/// The text of a template, by its path below `templates/scaffold`.
macro_rules! template {
    ($path:literal) => {
        include_str!(concat!("../../../templates/scaffold/", $path))
    };
}
pub(super) use template;

/// Returns a template without the sections whose condition does not hold.
///
/// A section begins with a line `#+ word !word` and ends with a line `#-`. Every word has to be among `facts`, and no
/// word with an exclamation mark. Sections may be nested.
pub(super) fn select(template: &str, facts: &[&str]) -> String {
    let holds = |word: &str| match word.strip_prefix('!') {
        Some(word) => !facts.contains(&word),
        None => facts.contains(&word),
    };
    let mut open: Vec<bool> = Vec::new();
    let mut text = String::with_capacity(template.len());
    for line in template.split_inclusive('\n') {
        let mark = line.trim_end();
        if let Some(condition) = mark.strip_prefix("#+ ") {
            open.push(condition.split(' ').all(holds));
        } else if mark == "#-" {
            open.pop();
        } else if open.iter().all(|kept| *kept) {
            text.push_str(line);
        }
    }
    text
}

/// Replaces the words of a template. Values are not searched for words; the lines of a value are indented as its word is.
pub(super) fn fill(template: &str, words: &[(&'static str, String)]) -> String {
    let mut text = String::with_capacity(template.len() + 512);
    let mut rest = template;
    while let Some(at) = rest.find("__") {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        match words.iter().find(|(word, _)| rest.starts_with(word)) {
            Some((word, value)) => {
                let line = &text[text.rfind('\n').map_or(0, |at| at + 1)..];
                let indent = if line.trim().is_empty() { line.to_owned() } else { String::new() };
                text.push_str(&value.trim_end_matches('\n').replace('\n', &format!("\n{indent}")));
                rest = &rest[word.len()..];
            }
            None => {
                text.push_str("__");
                rest = &rest[2..];
            }
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_never_searched_for_words() {
        let words = [("__NAME__", "__URL__ __x".to_owned()), ("__URL__", "u".to_owned())];
        assert_eq!(fill("a __NAME__ __URL__ __init__", &words), "a __URL__ __x u __init__");
    }

    #[test]
    fn a_value_of_several_lines_keeps_the_indentation_of_its_word() {
        let words = [("__RUN__", "a\n  b\n".to_owned())];
        assert_eq!(
            fill("steps:\n  __RUN__\nx __RUN__\n", &words),
            "steps:\n  a\n    b\nx a\n  b\n"
        );
    }

    #[test]
    fn a_section_is_kept_when_all_of_its_words_hold() {
        let template = "1\n#+ a\n2\n#+ !b\n3\n#-\n4\n#-\n#+ b !a\n5\n#-\n6\n";
        assert_eq!(select(template, &["a"]), "1\n2\n3\n4\n6\n");
        assert_eq!(select(template, &["a", "b"]), "1\n2\n4\n6\n");
        assert_eq!(select(template, &["b"]), "1\n5\n6\n");
        assert_eq!(select(template, &[]), "1\n6\n");
    }
}
