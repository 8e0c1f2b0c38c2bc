//! What is read, and what is refused at which line.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::{Action, Denied, Policy, Variables};
use crate::diag::Code;

const RULE: &str = "[[rules]]\nid = \"no-npm\"\naction = \"deny\"\nreason = \"Ours only.\"\nmatch = { package_type = [\"npm\"] }\n";

fn parse(text: &str) -> Result<Policy, Vec<crate::diag::Diagnostic>> {
    Policy::parse("policy.toml", text, &Variables::default())
}

/// What is wrong with a policy: line, pointer, message and help.
fn wrong(text: &str) -> Vec<String> {
    let found = parse(text).expect_err(text);
    let line = |d: crate::diag::Diagnostic| {
        assert_eq!((d.code, d.place.file.as_str()), (Code::PolicyInvalid, "policy.toml"));
        assert!(d.place.line > 0, "{text}");
        let help = d.help.expect("help");
        format!("{} {} {}; {help}", d.place.line, d.place.pointer, d.message)
    };
    found.into_iter().map(line).collect()
}

#[test]
fn a_policy_is_read_with_the_places_of_its_rules() {
    let text = format!(
        "default = \"deny\"\ndenied = \"refuse\"\n{RULE}\n[[exceptions]]\nname = [\"a.b/*\"]\nrule = \"no-npm\"\n\
         reason = \"x\"\napproved_by = \"Jo\"\nexpires = 2027-01-31\n"
    );
    let policy = parse(&text).unwrap();
    assert_eq!((policy.default, policy.denied), (Action::Deny, Denied::Refuse));
    assert_eq!((policy.default_place.line, policy.default_place.column), (1, 11));
    let (rule, exception) = (&policy.rules[0], &policy.exceptions[0]);
    assert_eq!((rule.place.line, rule.place.pointer.as_str()), (4, "/rules/0/id"));
    assert_eq!((exception.place.line, exception.expires.as_str()), (11, "2027-01-31"));
    let empty = parse("").unwrap();
    assert_eq!(
        (empty.default, empty.denied, empty.rules.len()),
        (Action::Allow, Denied::LeaveOut, 0)
    );
}

#[test]
fn a_mistake_is_reported_at_its_line_with_the_nearest_word() {
    let exception = |more: &str| {
        format!(
            "{RULE}[[exceptions]]\nname = [\"a.b/c\"]\nreason = \"x\"\napproved_by = \"Jo\"\n{more}"
        )
    };
    let rule =
        |more: &str| format!("[[rules]]\nid = \"a\"\naction = \"deny\"\nreason = \"x\"\n{more}");
    for (text, expected) in [
        (
            "defualt = \"deny\"\n".to_owned(),
            "1  the key \"defualt\" is not known here; did you mean default?",
        ),
        (
            "denied = \"leave\"\n".to_owned(),
            "1  the value \"leave\" is not known here; choose from leave-out, refuse",
        ),
        (
            rule("match = { pined = true }\n"),
            "5  the key \"pined\" is not known here; did you mean pinned?",
        ),
        (
            rule("match = { package_type = [\"npmm\"] }\n"),
            "5 /rules/0/match/package_type/0 \"npmm\" is not a package type; did you mean npm?",
        ),
        (
            rule("match = { transport = [\"http\"] }\n"),
            "5 /rules/0/match/transport/0 \"http\" is not a transport; choose from stdio, streamable-http, sse",
        ),
        (
            rule("match = { proof = [\"prof-file\"] }\n"),
            "5 /rules/0/match/proof/0 \"prof-file\" is not a proof; did you mean proof-file?",
        ),
        (
            rule("match = { remote_host = [\"https://a.b\"] }\n"),
            "5 /rules/0/match/remote_host/0 \"https://a.b\" is not a host; write a host such as \"ghcr.io\" or \"*.corp.example\", without scheme, port and path",
        ),
        (
            rule("match = { name = [] }\n"),
            "5 /rules/0/match/name an empty list of name matches nothing; list at least one value, or remove the key",
        ),
        (
            rule("match = { name = [\"\"] }\n"),
            "5 /rules/0/match/name/0 an empty pattern matches nothing; write a pattern such as \"com.example/*\", in which * is any text",
        ),
        (
            format!("{RULE}{RULE}"),
            "7 /rules/1/id rule 1 has the id \"no-npm\" too; give each rule its own id",
        ),
        (
            RULE.replace("no-npm", "No npm"),
            "2 /rules/0/id \"No npm\" is not an id; write lower-case letters, digits and single hyphens, such as \"images-by-digest\"",
        ),
        (
            RULE.replace("no-npm", "default"),
            "2 /rules/0/id the id \"default\" is reserved; choose another id; exceptions call what no rule matches \"default\"",
        ),
        (
            RULE.replace("Ours only.", " "),
            "4 /rules/0/reason there is no reason; write one line of at most 500 characters that explains it to authors",
        ),
        (
            exception("rule = \"no-nmp\"\nexpires = 2027-01-31\n"),
            "10 /exceptions/0/rule there is no rule \"no-nmp\"; did you mean no-npm?",
        ),
        (
            exception("rule = \"default\"\nexpires = 2027-01-31\n"),
            "10 /exceptions/0/rule \"default\" allows what it matches, so it needs no exception; name a rule that denies or warns",
        ),
    ] {
        assert_eq!(wrong(&text), [expected], "{text}");
    }
    for (more, part) in [
        ("rule = \"no-npm\"\n", "missing field `expires`"),
        ("rule = \"no-npm\"\nexpires = 2027-02-30\n", ""),
        ("rule = \"no-npm\"\nexpires = 2027-01-31T00:00:00Z\n", "is not a day such as 2027-01-31"),
        ("rule = \"no-npm\"\nexpires = \"2027-01-31\"\n", "invalid type: string"),
    ] {
        let found = wrong(&exception(more));
        assert!(found.len() == 1 && found[0].contains(part), "{more}: {found:?}");
    }
}

#[test]
fn a_hostile_policy_is_refused_in_time_that_grows_with_its_size() {
    let deep = format!("default = {}\n", "[".repeat(100_000));
    assert_eq!(wrong(&deep).len(), 1);
    let dotted = format!("{}a = 1\n", "a.".repeat(60_000));
    assert_eq!(wrong(&dotted).len(), 1);
    // Everything on one line, with each rule wrong twice.
    let rules: Vec<String> =
        (0..2000).map(|_| "{ id = \"a\", action = \"deny\", reason = \"\" }".to_owned()).collect();
    let found = wrong(&format!("rules = [{}]", rules.join(",")));
    assert_eq!(found.len(), 101, "the first hundred and one that counts");
    let exceptions: String = (0..1500)
        .map(|i| format!("[[exceptions]]\nrule = \"wrong-{i}\"\nname = [\"a\"]\nreason = \"x\"\napproved_by = \"x\"\nexpires = 2027-01-01\n"))
        .collect();
    let rules: String = (0..1500).map(|i| RULE.replace("no-npm", &format!("right-{i}"))).collect();
    assert_eq!(wrong(&format!("{rules}{exceptions}")).len(), 101);
}
