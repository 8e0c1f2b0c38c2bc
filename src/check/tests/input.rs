//! Types, limits and unknown members.

use serde_json::{Value, json};

use super::CURRENT_SCHEMA;
use super::{findings, official, with};
use crate::check::{Profile, normalised};

#[test]
fn required_members() {
    for key in ["name", "description", "version"] {
        official(&with(json!({key: null})), &format!("property-missing@{key}"));
        let mut document = with(json!({}));
        document[key] = Value::Null;
        official(&document, &format!("value-wrong-type@{key}"));
        document[key] = json!(5);
        official(&document, &format!("value-wrong-type@{key}"));
    }
    official(&with(json!({"description": ""})), "value-not-allowed@description");
}

#[test]
fn documents_that_are_no_object() {
    for document in [json!(null), json!([]), json!("a"), json!(5)] {
        official(&document, "value-wrong-type@");
    }
}

#[test]
fn null_is_as_good_as_absent_where_nothing_is_required() {
    let mut document = with(json!({}));
    for key in ["title", "websiteUrl", "repository", "icons", "packages", "_meta"] {
        document[key] = Value::Null;
    }
    official(&document, "");
}

#[test]
fn members_nobody_knows_name_the_one_that_was_meant() {
    let help = |document: &Value| findings(document, Profile::Official)[0].help.clone().unwrap();
    for (key, wanted) in [
        ("website_url", "rename it to \"websiteUrl\""),
        ("discription", "write \"description\" instead, or remove it"),
        ("status", "remove it and write status.json beside server.json"),
        ("version_detail", "write \"version\" directly in the document"),
        ("mcpServers", "remove it, or move it into the publisher-provided part of _meta"),
    ] {
        let document = with(json!({key: "a"}));
        official(&document, &format!("property-unknown@{key}"));
        assert_eq!(help(&document), wanted);
    }
    let document = with(json!({"_meta": {"com.example/own": {}}}));
    official(&document, "property-unknown");
    assert!(help(&document).starts_with("move it into"));
    official(&with(json!({"Name": "com.example/weather"})), "property-unknown@Name");
}

#[test]
fn publisher_metadata_holds_anything_but_is_an_object() {
    let publisher = "io.modelcontextprotocol.registry/publisher-provided";
    official(&with(json!({"_meta": {publisher: {"a": [null, {"b": 1}]}}})), "");
    official(&with(json!({"_meta": {publisher: {}}})), "");
    official(&with(json!({"_meta": {publisher: null}})), "");
    official(&with(json!({"_meta": {publisher: []}})), "value-wrong-type");
    official(&with(json!({"_meta": {}})), "");
    official(&with(json!({"_meta": []})), "value-wrong-type@_meta");
}

#[test]
fn schema_addresses() {
    let at = |version: &str| CURRENT_SCHEMA.replace("2025-12-11", version);
    let deprecated = "schema-version-deprecated@schema";
    for (address, wanted) in [
        (CURRENT_SCHEMA.to_owned(), String::new()),
        (at("2025-10-17"), deprecated.to_owned()),
        (at("2025-09-16"), deprecated.to_owned()),
        (at("2025-07-09"), deprecated.to_owned()),
        (CURRENT_SCHEMA.replace("https", "http"), deprecated.to_owned()),
        ("https://x/schemas/2025-12-11/server.schema.json?a".to_owned(), deprecated.to_owned()),
        (at("draft"), format!("{deprecated} schema-version-not-available@schema")),
        (at("2026-01-01"), format!("{deprecated} schema-version-not-available@schema")),
        (at(""), "schema-version-extraction-error@schema".to_owned()),
        (at("a b"), "schema-version-extraction-error".to_owned()),
        ("https://example.com/a.json".to_owned(), "schema-version-extraction-error".to_owned()),
        (
            "https://json-schema.org/draft-07/schema#".to_owned(),
            "schema-version-extraction-error".to_owned(),
        ),
        (String::new(), "schema-field-required@schema".to_owned()),
        (
            "/schemas/2025-12-11/server.schema.json".to_owned(),
            format!("{deprecated} schema-violation@schema"),
        ),
        (
            "/schemas/a/schemas/2025-12-11/server.schema.json".to_owned(),
            format!("{deprecated} schema-violation@schema"),
        ),
    ] {
        official(&with(json!({"$schema": address})), &wanted);
    }
    official(&with(json!({"$schema": null})), "schema-field-required@schema");
    official(
        &with(json!({"$schema": "https://a/%zz/schemas/2025-12-11/server.schema.json"})),
        &format!("{deprecated} value-not-allowed@schema"),
    );
}

#[test]
fn older_schemas_ask_for_what_they_asked_for() {
    let old = |version: &str, package: Value| {
        let address = CURRENT_SCHEMA.replace("2025-12-11", version);
        with(json!({"$schema": address, "packages": [package]}))
    };
    let package = json!({"registryType": "npm", "identifier": "a", "transport": {"type": "stdio"}});
    let deprecated = "schema-version-deprecated";
    official(
        &old("2025-09-29", package.clone()),
        &format!("{deprecated} schema-violation@packages[0].version"),
    );
    official(&old("2025-10-11", package.clone()), deprecated);
    let found = findings(&old("2025-07-09", package), Profile::Official);
    assert!(found.iter().any(|f| f.pointer.as_str() == "/packages/0/registryType"), "{found:#?}");
}

#[test]
fn structs_drop_what_is_empty_and_keep_pointers() {
    let document = json!({
        "name": "", "title": "", "websiteUrl": "", "packages": [], "repository": {"url": "", "id": "1"},
        "remotes": [{"type": "", "url": "", "headers": [], "variables": {"a": {"value": "", "isSecret": false}}}],
        "_meta": {"io.modelcontextprotocol.registry/publisher-provided": {}},
        "icons": [{"src": "", "sizes": [], "mimeType": null}],
    });
    let wanted = json!({
        "name": "", "repository": {"id": "1"}, "remotes": [{"type": "", "variables": {"a": {}}}],
        "_meta": {}, "icons": [{"src": ""}],
    });
    assert_eq!(normalised(&document), wanted);
}
