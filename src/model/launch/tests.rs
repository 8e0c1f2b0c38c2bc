use super::{Problem, Run, Spot, launch, run};
use crate::model::{PackageType, Server};

/// The words that go before and behind the package, or what is wrong.
fn placed(kind: &str, identifier: &str, arguments: &str) -> Result<(String, String), Problem> {
    let document = format!(
        r#"{{"packages":[{{"registryType":"{kind}","identifier":"{identifier}","version":"1.0.0","runtimeArguments":[{arguments}]}}]}}"#
    );
    let server = Server::parse(&document);
    let package = &server.packages[0];
    let kind = PackageType::named(kind).unwrap();
    let (runner, _) = kind.runner(None).unwrap();
    let launch = launch(kind, runner, package).map_err(|wrong| wrong.problem)?;
    assert_eq!(launch.places.len(), package.runtime_arguments.len());
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for (argument, place) in package.runtime_arguments.iter().zip(&launch.places) {
        let name = match &argument.kind {
            crate::model::ArgumentKind::Named { name } => Some(name.clone()),
            crate::model::ArgumentKind::Positional { .. } => None,
        };
        for (spot, word) in [(place.name, name), (place.value, argument.input.value.clone())] {
            match spot {
                Spot::Before => before.extend(word),
                Spot::After => after.extend(word),
                Spot::LeftOut | Spot::Offered => {}
            }
        }
    }
    Ok((before.join(" "), format!("{}{}", launch.extras, after.join(" "))))
}

fn word(value: &str) -> String {
    format!(r#"{{"type":"positional","value":"{value}"}}"#)
}

fn words(line: &str) -> String {
    line.split(' ').map(word).collect::<Vec<_>>().join(",")
}

fn named(name: &str) -> String {
    format!(r#"{{"type":"named","name":"{name}","description":"x"}}"#)
}

fn valued(name: &str, value: &str) -> String {
    format!(r#"{{"type":"named","name":"{name}","value":"{value}"}}"#)
}

#[test]
fn words_that_a_program_would_run_as_the_package_are_refused() {
    use Problem::{OtherRegistry, TakesPlace, UnknownOption};
    for (kind, identifier, arguments, problem) in [
        ("npm", "a", words("run -i --rm"), TakesPlace),
        ("npm", "a", words("b a@1.0.0"), TakesPlace),
        ("npm", "a", valued("-y", "b@latest"), TakesPlace),
        ("npm", "a", words("--package b"), UnknownOption),
        ("npm", "a", words("-c id"), UnknownOption),
        ("npm", "a", valued("--registry", "https://evil.example"), OtherRegistry),
        ("npm", "a", words("--registry=https://evil.example"), OtherRegistry),
        ("npm", "a", words("aa@1"), TakesPlace),
        (
            "npm",
            "a",
            r#"{"type":"positional","valueHint":"x","isRequired":true}"#.into(),
            TakesPlace,
        ),
        ("npm", "a", word("{x}"), TakesPlace),
        ("npm", "a", valued("--quiet", "b"), TakesPlace),
        ("pypi", "a", words("serve --mcp"), TakesPlace),
        ("pypi", "a", valued("--with", "evil"), UnknownOption),
        ("pypi", "a", valued("--from", "evil"), UnknownOption),
        ("pypi", "a", words("--index-url=https://evil.example/simple"), OtherRegistry),
        ("nuget", "A", words("B"), TakesPlace),
        ("nuget", "A", valued("--source", "https://evil.example/index.json"), OtherRegistry),
        ("oci", "docker.io/a/b:1", words("evil/image a/b:1"), TakesPlace),
        ("oci", "ghcr.io/a/b:1", words("a/b:1"), TakesPlace),
        ("oci", "ghcr.io/a/b:1", words("--unknown evil"), UnknownOption),
    ] {
        assert_eq!(placed(kind, identifier, &arguments), Err(problem), "{kind} {arguments}");
    }
}

#[test]
fn what_is_right_has_its_place() {
    for (kind, identifier, arguments, before, after) in [
        ("npm", "@s/a", words("-y"), "", ""),
        ("npm", "@s/a", words("--yes @s/a@2.0.0 serve"), "", "serve"),
        ("npm", "@s/a", valued("--loglevel", "error"), "--loglevel error", ""),
        ("npm", "@s/a", words("--loglevel error -q"), "--loglevel error -q", ""),
        ("npm", "@s/a", named("--project-ref"), "", ""),
        ("npm", "@s/a", valued("--registry", "https://registry.npmjs.org/"), "", ""),
        ("pypi", "A_b", words("a-b[cli]==0.1 serve"), "", "[cli]serve"),
        ("nuget", "A.B", words("a.b@1 --yes"), "", "--yes"),
        (
            "oci",
            "docker.io/a/b:1",
            words("docker run --rm -i -it index.docker.io/a/b x"),
            "-it",
            "x",
        ),
        ("oci", "docker.io/library/b:1", words("run b@sha256:00"), "", ""),
        ("oci", "b", words("run docker.io/library/b"), "", ""),
        ("oci", "ghcr.io/a/b:1", format!("{},{}", named("-e"), word("KEY")), "-e KEY", ""),
        ("oci", "ghcr.io/a/b:1", format!("{},{}", named("-e"), named("-v")), "", ""),
        ("oci", "ghcr.io/a/b:1", words("-eKEY=1 -v=/a:/b --init"), "-eKEY=1 -v=/a:/b --init", ""),
        ("oci", "ghcr.io/a/b:1", format!("{},{}", named("-v"), words("--rm ghcr.io/a/b")), "", ""),
    ] {
        let expected = Ok((before.to_owned(), after.to_owned()));
        assert_eq!(placed(kind, identifier, &arguments), expected, "{kind} {arguments}");
    }
}

#[test]
fn only_the_version_of_the_document_is_run() {
    for (kind, identifier, line, wanted) in [
        ("npm", "@s/a", "npx -y @s/a@1.0.0", Some(Run::Named)),
        ("npm", "@s/a", "npx @s/a@0.9.0 -y @s/a@1.0.0", None),
        ("npm", "@s/a", "npx @s/a@latest @s/a@1.0.0", None),
        ("npm", "@s/a", "npx @s/a @s/a@1.0.0", Some(Run::Any)),
        ("pypi", "a-b", "uvx A_b==1.0.0", Some(Run::Named)),
        ("pypi", "a-b", "uvx a-b[cli]@1.0.0", Some(Run::Named)),
        ("pypi", "a-b", "uvx a-b@0.1 a-b==1.0.0", None),
        ("nuget", "S.N", "dnx S.N@0.1 S.N@1.0.0 --yes", None),
        ("oci", "docker.io/s/o:2", "docker run -i --rm s/o:2", Some(Run::Named)),
        ("oci", "docker.io/s/o:2", "docker run -i --rm s/o:1 docker.io/s/o:2", None),
        ("oci", "docker.io/s/o", "docker run -i --rm s/o:1.0.0", Some(Run::Named)),
        ("oci", "s/o@sha256:aa", "docker run -i --rm s/o@sha256:bb", None),
    ] {
        let document = format!(
            r#"{{"packages":[{{"registryType":"{kind}","identifier":"{identifier}","version":"1.0.0"}}]}}"#
        );
        let server = Server::parse(&document);
        let argv: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let kind = PackageType::named(kind).unwrap();
        assert_eq!(run(kind, &server.packages[0], &argv), wanted, "{line}");
    }
}
