//! Tables of documents and what is said of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::{Value, json};

use super::*;

mod smoke {
    use super::*;

    #[test]
    fn a_small_document_is_clean() {
        let value = json!({
            "$schema": CURRENT_SCHEMA,
            "name": "com.example/weather",
            "description": "Weather",
            "version": "1.0.0",
            "remotes": [{"type": "streamable-http", "url": "https://example.com/mcp"}],
        });
        assert_eq!(document(&value, &DocumentRules::default()), []);
        let empty: Value = json!({});
        let mut codes: Vec<_> = document(&empty, &DocumentRules::default())
            .iter()
            .map(|f| format!("{} {}: {}", f.code, f.pointer, f.message))
            .collect();
        codes.sort();
        assert_eq!(codes.len(), 5, "{codes:#?}");
    }
}
