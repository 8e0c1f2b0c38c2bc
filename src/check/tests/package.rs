//! Packages and their arguments under the official profile.

use serde_json::{Value, json};

use super::{official, with_package};

#[test]
fn identifiers() {
    for (identifier, wanted) in [
        (json!("@example/weather"), ""),
        (json!("a b"), "package-name-has-spaces@packages[0].identifier"),
        (json!(" "), "package-name-has-spaces"),
        (json!("a\tb"), ""),
        (json!(""), "value-not-allowed@packages[0].identifier"),
        (json!(5), "value-wrong-type@packages[0].identifier"),
        (Value::Null, "property-missing@packages[0].identifier"),
    ] {
        official(&with_package(json!({"identifier": identifier})), wanted);
    }
}

#[test]
fn members() {
    let sha = "fe333e598595000ae021bd27117db32ec69af6987f507ba7a63c90638ff633ce";
    for (more, wanted) in [
        (json!({"registryType": "rpm"}), ""),
        (json!({"registryType": ""}), "value-not-allowed@packages[0].registryType"),
        (json!({"registryType": null}), "property-missing@packages[0].registryType"),
        (json!({"transport": null}), "property-missing@packages[0].transport"),
        (json!({"transport": "stdio"}), "value-wrong-type@packages[0].transport"),
        (json!({"fileSha256": sha}), ""),
        (json!({"fileSha256": sha.to_uppercase()}), "value-not-allowed@packages[0].fileSha256"),
        (json!({"fileSha256": ""}), "value-not-allowed"),
        (json!({"registryBaseUrl": "https://npm.example.com"}), ""),
        (json!({"registryBaseUrl": ""}), ""),
        (
            json!({"registryBaseUrl": "npm.example.com"}),
            "schema-violation@packages[0].registryBaseUrl",
        ),
        (
            json!({"registryBaseUrl": "https://[a]"}),
            "value-not-allowed@packages[0].registryBaseUrl",
        ),
        (json!({"runtimeHint": ""}), ""),
        (json!({"package_arguments": []}), "property-unknown@packages[0].package_arguments"),
        (
            json!({"environmentVariables": [{}]}),
            "property-missing@packages[0].environmentVariables[0].name",
        ),
        (json!({"environmentVariables": [{"name": ""}]}), ""),
        (json!({"environmentVariables": [{"name": "A", "format": "file"}]}), "value-not-allowed"),
        (json!({"environmentVariables": [{"name": "A", "isRequired": "yes"}]}), "value-wrong-type"),
        (json!({"environmentVariables": [{"name": "A", "choices": ["a", 1]}]}), "value-wrong-type"),
        (
            json!({"environmentVariables": [{"name": "A", "variables": {"b": {}, "c": {"name": "d"}}}]}),
            "property-unknown",
        ),
        (json!({"environmentVariables": []}), ""),
        (json!({"environmentVariables": {}}), "value-wrong-type"),
    ] {
        official(&with_package(more), wanted);
    }
}

#[track_caller]
fn argument(argument: Value, wanted: &str) {
    for key in ["runtimeArguments", "packageArguments"] {
        let wanted = wanted.replace('@', &format!("@packages[0].{key}[0]."));
        official(&with_package(json!({key: [argument.clone()]})), &wanted);
    }
}

#[test]
fn named_arguments() {
    for (name, wanted) in [
        ("--port", ""),
        ("-v", ""),
        ("config", ""),
        ("--a=b", ""),
        ("--port\t", ""),
        ("--port <port>", "invalid-named-argument-name@name"),
        ("--port 8080", "invalid-named-argument-name@name"),
        ("--x$Y", "invalid-named-argument-name@name"),
        (">", "invalid-named-argument-name@name"),
        ("", "named-argument-name-required@name"),
    ] {
        argument(json!({"type": "named", "name": name}), wanted);
    }
    argument(json!({"type": "named"}), "named-argument-name-required@name");
    // Every text begins with an empty name.
    argument(
        json!({"type": "named", "value": "8080"}),
        "argument-value-starts-with-name@value named-argument-name-required@name",
    );
    let repeated = "argument-value-starts-with-name@value";
    argument(json!({"type": "named", "name": "--port", "value": "--port 8080"}), repeated);
    argument(json!({"type": "named", "name": "--port", "value": "--port"}), repeated);
    argument(json!({"type": "named", "name": "-p", "value": "-port"}), repeated);
    argument(json!({"type": "named", "name": "--port", "value": "x --port"}), "");
    argument(
        json!({"type": "named", "name": "--port", "default": "--port=1"}),
        "argument-default-starts-with-name@default",
    );
}

#[test]
fn positional_arguments() {
    argument(json!({"type": "positional", "value": "a"}), "");
    argument(json!({"type": "positional", "valueHint": "a"}), "");
    argument(json!({"type": "positional", "name": "a b", "value": "a b c"}), "");
    let hollow = "schema-violation@";
    for value in
        [json!({"type": "positional"}), json!({"type": "positional", "valueHint": "", "value": ""})]
    {
        let wanted = "schema-violation@packages[0].runtimeArguments[0]";
        official(&with_package(json!({"runtimeArguments": [value]})), wanted);
    }
    argument(json!({"type": "flag", "value": "a"}), &format!("{hollow}type"));
    argument(json!({"type": "", "value": "a"}), &format!("{hollow}type"));
    argument(json!({"value": "a"}), "property-missing@type");
    official(&with_package(json!({"runtimeArguments": ["--port"]})), "value-wrong-type");
}
