use super::*;

/// Splits an example as a shell would.
fn words(line: &str) -> Vec<OsString> {
    let line = line.split(" >").next().unwrap();
    let parts = line.split('"').enumerate();
    let words = parts.flat_map(|(i, part)| match i % 2 {
        0 => part.split_whitespace().map(OsString::from).collect::<Vec<_>>(),
        _ => vec![part.into()],
    });
    words.collect()
}

/// Calls `visit` with every command, deepest last, and its words.
fn walk(command: &Command, above: &str, visit: &mut dyn FnMut(&Command, &str)) {
    visit(command, above);
    for inner in command.get_subcommands() {
        walk(inner, format!("{above} {}", inner.get_name()).trim(), visit);
    }
}

#[test]
fn every_command_has_two_examples_that_parse() {
    let mut seen = Vec::new();
    walk(&command(), "", &mut |command, of| {
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let lines: Vec<&str> =
            help.lines().filter_map(|line| line.strip_prefix("  mcp-static ")).collect();
        assert_eq!(lines.len(), 2, "{of:?}: {help}");
        for line in lines {
            assert!(line.starts_with(of), "{of}: {line}");
            assert!(line.len() <= 80 - "  mcp-static ".len(), "{line} is too long for a terminal");
            let line: Vec<OsString> =
                [OsString::from("mcp-static")].into_iter().chain(words(line)).collect();
            super::command()
                .try_get_matches_from(&line)
                .unwrap_or_else(|e| panic!("{line:?}: {e}"));
        }
        seen.push(of.to_owned());
    });
    assert_eq!(seen.len(), EXAMPLES.len(), "examples of no command");
}

#[test]
fn global_options_are_shown_once_and_taken_everywhere() {
    let mut built = command();
    built.build();
    walk(&built, "", &mut |command, of| {
        if of == "help" || of.starts_with("help ") || of.contains(" help") {
            return;
        }
        let data = command.get_arguments().find(|arg| arg.get_id() == "data").unwrap();
        assert_eq!(data.is_hide_set(), !of.is_empty(), "{of}");
        for arg in command.get_arguments().filter(|arg| arg.get_long().is_some()) {
            assert!(arg.get_help().is_some(), "{of}: {arg}");
        }
    });
    let parse = |line: &str| parse(line.split(' ').map(OsString::from)).unwrap().global;
    for line in ["mcp-static --data x sign key show", "mcp-static sign key show --data x"] {
        assert_eq!(parse(line).data.to_str(), Some("x"), "{line}");
    }
    assert!(parse("mcp-static sign -v key show").verbose);
}
