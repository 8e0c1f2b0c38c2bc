//! What a registry changes in an entry that others wrote: where it goes, when it dates from, and what is wrong with it.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::project::Project;

const FOLDER: &str = "registry-data/servers/com.example/weather/1.0.0";
const PACKAGE: &str = "{\"registryType\": \"npm\", \"identifier\": \"weather-mcp\", \"version\": \"1.0.0\", \"transport\": {\"type\": \"stdio\"}}";
const OURS: &str = "https://npm.corp.example";
const REASON: &str = "Packages come from our mirror.";

fn project() -> Project {
    let project = Project::empty();
    project.entry_with("com.example/weather", "1.0.0", &format!("\"packages\": [{PACKAGE}],"));
    project.file(
        "registry-data/registry.toml",
        &format!("[registry]\nmeta_key = \"com.example/registry\"\nbase_url = \"https://mcp.corp.example\"\n[packages]\nnpm = [\"public\", \"{}\"]\n", &OURS[8..]),
    );
    project
}

/// The digest of the author's document.
fn of(project: &Project) -> String {
    let bytes = Sha256::digest(project.read(&format!("{FOLDER}/server.json")));
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn set(project: &Project, of: &str, patch: &Value) {
    let text = json!({ "reason": REASON, "of": of, "patch": patch });
    project.file(&format!("{FOLDER}/override.json"), &serde_json::to_string_pretty(&text).unwrap());
}

/// The packages with our host.
fn internal() -> Value {
    let mut package: Value = serde_json::from_str(PACKAGE).unwrap();
    package["registryBaseUrl"] = OURS.into();
    json!({ "packages": [package] })
}

fn entry(project: &Project) -> Value {
    project.json("_site/v0.1/servers/com.example/weather/versions/1.0.0/index.json")
}

#[test]
fn clients_pages_and_allowlists_get_the_result_and_the_original_stays() {
    let project = project();
    project.git();
    let original = project.read(&format!("{FOLDER}/server.json"));
    set(&project, &of(&project), &internal());
    project.commit(1_700_000_000);
    project.run(&["build"]).expect(0);
    assert_eq!(project.read(&format!("{FOLDER}/server.json")), original);
    let made = entry(&project);
    assert_eq!(made["server"]["packages"][0]["registryBaseUrl"], OURS);
    let own = &made["_meta"]["com.example/registry"]["override"];
    assert_eq!(*own, json!({ "reason": REASON, "of": of(&project), "members": ["packages"] }));
    // Everything but the changed member is as its author wrote it, in the author's order.
    let text = project.read("_site/v0.1/servers/com.example/weather/versions/1.0.0/index.json");
    let keys: Vec<usize> = ["$schema", "\"name\"", "\"packages\"", "\"description\""]
        .iter()
        .map(|key| text.find(key).unwrap_or_else(|| panic!("{key}: {text}")))
        .collect();
    assert!(keys.is_sorted(), "{text}");
    let allowed = project.read("_site/exports/copilot/managed-settings.json");
    assert!(allowed.contains(&format!("\"--registry\", \"{OURS}\"")), "{allowed}");
    let page = project.read("_site/servers/com.example/weather/index.html");
    assert!(page.contains("Changed by this registry") && page.contains(REASON), "{page}");
    assert!(page.contains("What the author published"));
    assert!(
        page.contains(&format!("--registry={OURS}"))
            || page.contains(&format!("--registry {OURS}")),
        "{page}"
    );
}

#[test]
fn clients_that_ask_what_changed_see_an_override_come_and_go() {
    let updated = |project: &Project| {
        project.run(&["build", "--only", "api"]).expect(0);
        let official = &entry(project)["_meta"]["io.modelcontextprotocol.registry/official"];
        (
            official["publishedAt"].as_str().unwrap().to_owned(),
            official["updatedAt"].as_str().unwrap().to_owned(),
        )
    };
    for pinned in [false, true] {
        let project = project();
        project.git();
        if pinned {
            project.pin("com.example/weather", "1.0.0", "2020-01-01T00:00:00Z");
        }
        project.commit(1_700_000_000);
        let first = updated(&project);
        set(&project, &of(&project), &internal());
        project.commit(1_700_003_600);
        let second = updated(&project);
        assert_eq!(second, (first.0.clone(), "2023-11-14T23:13:20Z".to_owned()), "{pinned}");
        project.remove(&format!("{FOLDER}/override.json"));
        project.commit(1_700_007_200);
        let third = updated(&project);
        // Dates that another registry pinned hold again.
        let expected = if pinned { first.1.as_str() } else { "2023-11-15T00:13:20Z" };
        assert_eq!(third.1, expected, "{pinned}");
    }
}

#[test]
fn an_override_that_does_not_fit_is_an_error_at_its_line() {
    let project = project();
    let good = of(&project);
    let other = "0".repeat(64);
    let package = |more: &str| json!({ "packages": [serde_json::from_str::<Value>(&PACKAGE.replace("\"transport\"", &format!("{more}, \"transport\""))).unwrap()] });
    let same = json!({ "packages": [serde_json::from_str::<Value>(PACKAGE).unwrap()] });
    for (digest, patch, says) in [
        (&other, internal(), "override.json:2:"),
        (&other, internal(), &*format!("write \"of\": \"{good}\"")),
        (&good, same, "the patch changes nothing"),
        (&good, json!({}), "there is no patch"),
        (&good, json!({ "name": "com.evil/x" }), "\"name\" stays as its author wrote it"),
        (&good, json!({ "_meta": {} }), "\"_meta\" stays as its author wrote it"),
        (&good, json!({ "packages": "none" }), "packages is not a list"),
        (&good, package("\"registryBaseUrl\": \"https://elsewhere.example\""), "override.json:"),
        (&good, package("\"registryBaseUrl\": \"https://elsewhere.example\""), "elsewhere.example"),
        (&good, json!({ "packages": [{}] }), "override.json:"),
    ] {
        set(&project, digest, &patch);
        project.run(&["check"]).expect(1).says(says);
    }
    for (text, says) in [
        ("[]".to_owned(), "the document is not an object"),
        (format!("{{\"of\":\"{good}\",\"patch\":{{\"packages\":null}}}}"), "there is no reason"),
        (
            format!(
                "{{\"reason\":\"r\",\"reason\":\"s\",\"of\":\"{good}\",\"patch\":{{\"packages\":null}}}}"
            ),
            "json-duplicate-key",
        ),
        (
            format!("{{\"reason\":\"r\",\"fo\":\"{good}\",\"patch\":{{\"packages\":null}}}}"),
            "the property \"fo\" is not known",
        ),
        ("{".to_owned(), "json-syntax"),
        (
            format!("{{\"reason\":\"r\",\"of\":\"{good}\",\"patch\":{}}}", "[".repeat(100_000)),
            "override.json",
        ),
        (format!("{{\"reason\":\"{}\"}}", "x".repeat(2_000_000)), "file-too-large"),
    ] {
        project.file(&format!("{FOLDER}/override.json"), &text);
        project.run(&["check"]).expect(1).says(says);
    }
}

#[test]
fn removing_a_list_and_adding_one_are_changes_too() {
    let project = project();
    let remote = json!([{ "type": "streamable-http", "url": "https://weather.corp.example/mcp" }]);
    set(&project, &of(&project), &json!({ "packages": null, "remotes": remote }));
    project.run_with(&["build", "--only", "api"], &[("SOURCE_DATE_EPOCH", "1700000000")]);
    project.git();
    project.commit(1_700_000_000);
    project.run(&["build", "--only", "api"]).expect(0);
    let made = entry(&project);
    assert_eq!(made["server"].get("packages"), None, "{made}");
    assert_eq!(made["server"]["remotes"], remote);
}

#[test]
fn the_policy_judges_the_result_and_points_at_the_override() {
    let project = project();
    project.git();
    project.file(
        "registry-data/policy.toml",
        "[[rules]]\nid = \"ours\"\naction = \"deny\"\nreason = \"Not from there.\"\nmatch = { package_host = [\"npm.corp.example\"] }\n",
    );
    project.commit(1_700_000_000);
    let before = project.run(&["check"]).expect(0);
    assert!(!before.out.contains("policy-denied"), "{}", before.out);
    set(&project, &of(&project), &internal());
    project.run(&["check"]).expect(0).says("policy-denied").says("1.0.0/override.json:");
}

#[test]
fn each_channel_fills_in_its_own_hosts() {
    let project = project();
    let settings =
        project.read("registry-data/registry.toml").replace("npm.corp.example", "*.example");
    let channels = "[variables]\nDOMAIN = \"corp.example\"\n[channels.test]\nvariables = { DOMAIN = \"test.example\" }\n";
    project.file("registry-data/registry.toml", &format!("{settings}{channels}"));
    project.git();
    let mut patch = internal();
    patch["packages"][0]["registryBaseUrl"] = "https://npm.${DOMAIN}".into();
    patch["packages"][0]["runtimeArguments"] =
        json!([{ "type": "named", "name": "--at", "value": "${input:x}" }]);
    set(&project, &of(&project), &patch);
    project.commit(1_700_000_000);
    for (args, host) in [
        (&["build"][..], "https://npm.corp.example"),
        (&["build", "--channel", "test", "--out", "_site"], "https://npm.test.example"),
        (&["build"], "https://npm.corp.example"),
    ] {
        project.run(args).expect(0);
        let package = &entry(&project)["server"]["packages"][0];
        assert_eq!(package["registryBaseUrl"], host, "{args:?}");
        assert_eq!(package["runtimeArguments"][0]["value"], "${input:x}");
    }
    patch["packages"][0]["registryBaseUrl"] = "https://npm.${DOMAN}".into();
    set(&project, &of(&project), &patch);
    let ran = project.run(&["check"]).expect(1);
    ran.says("there is no variable \"DOMAN\"").says("write ${DOMAIN}").says("/patch/packages");
}

#[test]
fn a_channel_may_have_what_the_author_wrote_and_variables_are_no_keys() {
    let project = project();
    let settings = project.read("registry-data/registry.toml");
    let channels = "[variables]\nNAME = \"weather-mcp\"\nKEY = \"version\"\n[channels.test]\nvariables = { NAME = \"test-mcp\" }\n";
    project.file("registry-data/registry.toml", &format!("{settings}{channels}"));
    project.git();
    let mut patch = json!({ "packages": [serde_json::from_str::<Value>(PACKAGE).unwrap()] });
    patch["packages"][0]["identifier"] = "${NAME}".into();
    set(&project, &of(&project), &patch);
    project.commit(1_700_000_000);
    for (args, identifier, changed) in [
        (&["build"][..], "weather-mcp", false),
        (&["build", "--channel", "test", "--out", "_site"], "test-mcp", true),
    ] {
        project.run(args).expect(0);
        let made = entry(&project);
        assert_eq!(made["server"]["packages"][0]["identifier"], identifier, "{args:?}");
        let own = &made["_meta"]["com.example/registry"]["override"];
        assert_eq!(own.is_object(), changed, "{args:?}");
    }
    patch["packages"][0]["${KEY}"] = "2.0.0".into();
    set(&project, &of(&project), &patch);
    project
        .run(&["check"])
        .expect(1)
        .says("with its variables it cannot be used")
        .says("not in keys");
    let many = "${NAME}".repeat(30_000);
    patch = json!({ "packages": [{ "identifier": many }] });
    set(&project, &of(&project), &patch);
    project.run(&["check"]).expect(1).says("with its variables it has 330");
}
