//! What holds for any document at all.

use proptest::prelude::*;
use serde_json::{Map, Value};

use crate::check::{DocumentRules, Profile, RULES, document, normalised};

/// Names that take the rules deep into a document.
const KEYS: &[&str] = &[
    "$schema",
    "name",
    "description",
    "title",
    "version",
    "websiteUrl",
    "repository",
    "icons",
    "packages",
    "remotes",
    "_meta",
    "url",
    "source",
    "subfolder",
    "src",
    "registryType",
    "identifier",
    "transport",
    "type",
    "headers",
    "variables",
    "value",
    "default",
    "packageArguments",
    "environmentVariables",
    "fileSha256",
    "mimeType",
    "io.modelcontextprotocol.registry/publisher-provided",
    "a/b~c",
    "",
];

const TEXTS: &[&str] = &[
    "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
    "https://static.modelcontextprotocol.io/schemas/2025-07-09/server.schema.json",
    "com.example/weather",
    "1.0.0",
    "latest",
    "1.x",
    "oci",
    "npm",
    "mcpb",
    "named",
    "positional",
    "stdio",
    "sse",
    "https://{a}:{b}/",
    "ghcr.io/a/b:1@sha256:0",
    "github",
    "https://github.com/a/b",
    "{",
    "}{",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![proptest::sample::select(TEXTS).prop_map(str::to_owned), any::<String>()]
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 8, |inner| {
        let key =
            prop_oneof![4 => proptest::sample::select(KEYS).prop_map(str::to_owned), 1 => text()];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::vec((key, inner), 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_finding_is_at_or_below_something_and_has_a_rule(value in json()) {
        for profile in [Profile::Official, Profile::Strict] {
            for finding in document(&value, &DocumentRules::new(profile)) {
                // A required member of something missing would be two steps away.
                let parent = finding.pointer.as_str().rsplit_once('/').map_or("", |(above, _)| above);
                prop_assert!(value.pointer(parent).is_some(), "{finding:?}");
                let rule = RULES.iter().find(|rule| rule.code == finding.code);
                prop_assert!(rule.is_some_and(|rule| rule.profiles.contains(&profile)), "{finding:?}");
                prop_assert!(!finding.message.contains('\n') && finding.help.is_some(), "{finding:?}");
            }
        }
    }

    #[test]
    fn normalising_twice_changes_nothing_more(value in json()) {
        let once = normalised(&value);
        prop_assert_eq!(normalised(&once), once);
    }

    #[test]
    fn urls_templates_versions_and_images_never_panic(text in "\\PC*|[:/@%\\[\\]{}a1.?#-]{0,24}") {
        let _ = crate::check::url::parse(&text).map(|url| (url.hostname().len(), url.path.len()));
        let _ = crate::check::template::is_valid_remote(&text);
        let _ = crate::check::range::looks_like_range(&text);
        let _ = crate::check::reference::fault(&crate::model::OciReference::split(&text));
    }
}
