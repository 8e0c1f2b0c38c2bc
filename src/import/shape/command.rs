//! What a command line runs: a package, and the arguments that it gets.
//!
//! Command lines of people hold their own values. Words that look like secrets are replaced by variables, and of
//! environment variables only the names are taken.

use serde_json::{Value, json};

use super::private::{arguments, variable, variables, without_user};
use super::value::Object;

/// A package that a command line runs, and what could not be said about it.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Run {
    pub(super) package: Option<Value>,
    pub(super) version: Option<String>,
    pub(super) notes: Vec<String>,
}

/// Options of each program that take the next word.
const TAKES: &[(&str, &[&str])] = &[
    (
        "npm",
        &[
            "--registry",
            "--prefix",
            "--loglevel",
            "--userconfig",
            "-c",
            "--call",
            "-w",
            "--workspace",
        ],
    ),
    (
        "pypi",
        &[
            "--index-url",
            "--extra-index-url",
            "--default-index",
            "--index",
            "-p",
            "--python",
            "--with",
            "--env-file",
            "--directory",
            "--spec",
            "--pip-args",
            "--cache-dir",
        ],
    ),
    ("nuget", &["--source", "--add-source", "--version", "--framework", "--configfile"]),
    (
        "oci",
        &[
            "-v",
            "--volume",
            "--mount",
            "--network",
            "--net",
            "-p",
            "--publish",
            "--name",
            "-u",
            "--user",
            "--entrypoint",
            "-w",
            "--workdir",
            "--add-host",
            "--platform",
            "--label",
            "-l",
            "--memory",
            "-m",
            "--cpus",
            "--env-file",
            "--hostname",
            "-h",
            "--gpus",
            "--pull",
            "--security-opt",
            "--cap-add",
            "--cap-drop",
            "--device",
            "--tmpfs",
            "--shm-size",
            "--restart",
            "--dns",
            "--log-driver",
            "--ipc",
            "--pid",
            "--ulimit",
            "--init",
        ],
    ),
];

/// Finds the package that `command` with `args` runs. Some write the whole line as the command.
pub(super) fn read(command: &str, args: &[String]) -> Run {
    let mut words: Vec<String> = vec![command.to_owned()];
    if args.is_empty() {
        words = command.split_whitespace().map(str::to_owned).collect();
    }
    words.extend_from_slice(args);
    // `env A=1 npx …` and `A=1 npx …` set variables for what follows; their values are nobody else's business.
    let sets = |word: &String| word.contains('=') || word == "env";
    let begin = words.iter().position(|word| !sets(word)).unwrap_or(words.len());
    let names = words[..begin].iter().filter_map(|word| Some(word.split_once('=')?.0));
    let env: Vec<String> = names.map(str::to_owned).collect();
    let mut run = match &words[begin..] {
        [program, args @ ..] => of_program(program, args),
        [] => of_program("", &[]),
    };
    if let Some(Value::Object(package)) = run.package.as_mut().filter(|_| !env.is_empty()) {
        let there = package.entry("environmentVariables").or_insert_with(|| json!([]));
        there
            .as_array_mut()
            .into_iter()
            .for_each(|all| all.extend(env.iter().map(|it| variable(it))));
    }
    run
}

fn of_program(command: &str, args: &[String]) -> Run {
    let program = command.rsplit(['/', '\\']).next().unwrap_or_default();
    let program = program.trim_end_matches(".exe").trim_end_matches(".cmd");
    let word = |at: usize| args.get(at).map(String::as_str).unwrap_or_default();
    match (program, word(0)) {
        ("cmd", "/c" | "/C") if args.len() > 1 => of_program(word(1), &args[2..]),
        ("npx" | "bunx" | "pnpx", _) => package("npm", args),
        ("npm" | "pnpm" | "yarn", "exec" | "dlx") | ("bun", "x") => package("npm", &args[1..]),
        ("uvx", _) => package("pypi", args),
        ("pipx", "run") => package("pypi", &args[1..]),
        ("uv", "tool") if word(1) == "run" => package("pypi", &args[2..]),
        ("dnx", _) => package("nuget", args),
        ("docker" | "podman", "run") => package("oci", &args[1..]),
        ("docker" | "podman", "container") if word(1) == "run" => package("oci", &args[2..]),
        _ => {
            let why = format!("it runs {program:?}, and which package contains that is not known");
            Run { notes: vec![why], ..Run::default() }
        }
    }
}

/// Returns the package that a line such as `npm install -g NAME` installs.
pub(super) fn installed(line: &str) -> Option<Value> {
    let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    let kind = match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["npm", "install" | "i", ..] => "npm",
        ["pip", "install", ..] => "pypi",
        _ => return None,
    };
    package(kind, &words[2..]).package
}

fn package(kind: &str, args: &[String]) -> Run {
    let takes = TAKES.iter().find(|(of, _)| *of == kind).map_or(&[][..], |(_, takes)| *takes);
    let (mut run, mut env, mut runtime) = (Run::default(), Vec::new(), Vec::new());
    let (mut spec, mut at, mut stated) = (None, 0, None);
    while at < args.len() {
        let word = args[at].as_str();
        let (name, joined) = match word.split_once('=') {
            Some((name, value)) if word.starts_with('-') => (name, Some(value.to_owned())),
            _ => (word, None),
        };
        if !word.starts_with('-') {
            break;
        }
        at += 1;
        let names_spec = matches!((kind, name), ("npm", "-p" | "--package") | ("pypi", "--from"));
        let is_env = kind == "oci" && matches!(name, "-e" | "--env");
        let takes_next = names_spec || is_env || takes.contains(&name) && name != "--init";
        let value = joined.or_else(|| {
            let next = takes_next.then(|| args.get(at).cloned()).flatten();
            at += usize::from(next.is_some());
            next
        });
        match (kind, name, value) {
            (_, _, Some(value)) if names_spec => spec = Some(value),
            (_, _, Some(value)) if is_env => {
                env.push(value.split('=').next().unwrap_or_default().to_owned());
            }
            ("nuget", "--version", Some(value)) => stated = Some(value),
            ("npm", "-y" | "--yes" | "-q" | "--quiet" | "-g" | "--global", _)
            | ("nuget", "--yes" | "-y", _)
            | (
                "oci",
                "-i" | "--interactive" | "--rm" | "-t" | "--tty" | "-it" | "-ti" | "--init" | "-d",
                _,
            ) => {}
            (
                "oci",
                "-v" | "--volume" | "--mount" | "--network" | "-u" | "--user" | "--entrypoint",
                Some(value),
            ) => {
                runtime.push(json!({"type": "named", "name": name, "value": variables(&value).0}));
            }
            // The value of a short option may be joined to it.
            (_, name, _) => {
                let name =
                    if name.starts_with("--") { name } else { name.get(..2).unwrap_or(name) };
                run.notes.push(format!("the option {name} of its command was left out"))
            }
        }
    }
    // With --package or --from the next word is the command that the package has.
    let word = args.get(at).cloned();
    at += usize::from(word.is_some());
    let Some(spec) = spec.or(word) else {
        run.notes.push("its command names no package".to_owned());
        return run;
    };
    let (spec, had_user) = without_user(&spec);
    if had_user {
        run.notes.push("the user name in the address of its package was left out".to_owned());
    }
    let (identifier, version) = divided(kind, &spec);
    run.version = version.or(stated).filter(|version| version != "latest");
    let mut members = Object::new();
    members.insert("registryType".to_owned(), json!(kind));
    members.insert("identifier".to_owned(), json!(identifier));
    members.insert("transport".to_owned(), json!({"type": "stdio"}));
    if let Some(version) = run.version.clone().filter(|_| kind != "oci") {
        members.insert("version".to_owned(), json!(version));
    }
    let rest = args[at..].iter().skip_while(|word| kind == "nuget" && *word == "--");
    super::value::set_list(&mut members, "runtimeArguments", runtime);
    let (words, note) = arguments(rest.cloned().collect());
    run.notes.extend(note);
    super::value::set_list(&mut members, "packageArguments", words);
    let env = env.iter().filter(|name| !name.is_empty()).map(|name| variable(name)).collect();
    super::value::set_list(&mut members, "environmentVariables", env);
    run.package = Some(Value::Object(members));
    run
}

/// Divides `name@version`, `name==version` or `image:tag` into both parts.
fn divided(kind: &str, spec: &str) -> (String, Option<String>) {
    let owned = |(name, version): (&str, &str)| (name.to_owned(), Some(version.to_owned()));
    match kind {
        "oci" => {
            let last = spec.rsplit('/').next().unwrap_or_default();
            let tag = last
                .split('@')
                .next()
                .unwrap_or_default()
                .split_once(':')
                .map(|(_, tag)| tag.to_owned());
            (spec.to_owned(), tag)
        }
        "pypi" => spec
            .split_once("==")
            .or_else(|| spec.split_once('@'))
            .map_or((spec.to_owned(), None), owned),
        // The first at sign of a scoped name is part of it.
        _ => match spec.char_indices().skip(1).find(|(_, c)| *c == '@') {
            Some((at, _)) => owned((&spec[..at], &spec[at + 1..])),
            None => (spec.to_owned(), None),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(line: &str) -> Run {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        read(&words[0], &words[1..])
    }

    #[test]
    fn the_package_of_each_program_is_found() {
        for (line, kind, identifier, version) in [
            ("npx -y @acme/weather@1.2.3 --units metric", "npm", "@acme/weather", Some("1.2.3")),
            ("npx --package=@acme/weather weather-server", "npm", "@acme/weather", None),
            ("cmd /c npx weather@latest", "npm", "weather", None),
            ("bunx weather", "npm", "weather", None),
            ("uvx --from weather-tools==0.4.0 weather", "pypi", "weather-tools", Some("0.4.0")),
            ("uvx --python 3.12 weather@0.5", "pypi", "weather", Some("0.5")),
            ("pipx run weather", "pypi", "weather", None),
            ("dnx Acme.Weather --version 1.0.0", "nuget", "Acme.Weather", None),
            ("dnx Acme.Weather@2.0.0 --yes", "nuget", "Acme.Weather", Some("2.0.0")),
            (
                "docker run -i --rm -e KEY --network none ghcr.io/acme/weather:2.1 serve",
                "oci",
                "ghcr.io/acme/weather:2.1",
                Some("2.1"),
            ),
            ("/usr/bin/docker run -it acme/weather", "oci", "acme/weather", None),
        ] {
            let run = run(line);
            let package = run.package.unwrap_or_default();
            assert_eq!(package["registryType"], kind, "{line}");
            assert_eq!(package["identifier"], identifier, "{line}");
            assert_eq!(run.version.as_deref(), version, "{line}");
        }
        assert!(run("node /srv/weather.js").notes[0].contains("\"node\""));
        assert!(run("npx -y").package.is_none());
        assert_eq!(
            installed("npm install -g @acme/weather").unwrap()["identifier"],
            "@acme/weather"
        );
    }

    #[test]
    fn no_secret_of_a_command_line_is_kept() {
        let run = run(
            "docker run -e API_KEY=hunter2 -e MODE=fast acme/weather --api-key hunter3 --token=hunter4 --url ${input:base-url} x",
        );
        let package = run.package.unwrap();
        let text = package.to_string();
        assert!(!text.contains("hunter") && !text.contains("fast"), "{text}");
        let values: Vec<&str> = package["packageArguments"]
            .as_array()
            .unwrap()
            .iter()
            .map(|a| a["value"].as_str().unwrap())
            .collect();
        assert_eq!(
            values,
            ["--api-key", "{api_key}", "--token={token}", "--url", "{base_url}", "x"]
        );
        assert_eq!(package["packageArguments"][1]["variables"]["api_key"]["isSecret"], true);
        assert_eq!(package["environmentVariables"][0]["isSecret"], true);
    }
}
