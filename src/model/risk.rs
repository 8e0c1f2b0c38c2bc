//! Variables that load code into other programs, and options that grant a container broad permissions
//! on its host. Rules and pages warn about them.

/// Variables that make other programs load or run something, in capital letters.
const LOADERS: &[&str] = &[
    "BASH_ENV",
    "BROWSER",
    "COMPLUS_PROFILER_PATH",
    "CORECLR_PROFILER_PATH",
    "COR_PROFILER_PATH",
    "DOTNET_STARTUP_HOOKS",
    "EDITOR",
    "ENV",
    "GCONV_PATH",
    "GIT_ASKPASS",
    "GIT_EXEC_PATH",
    "GIT_EXTERNAL_DIFF",
    "GIT_PROXY_COMMAND",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_TEMPLATE_DIR",
    "JAVA_TOOL_OPTIONS",
    "JDK_JAVA_OPTIONS",
    "LD_AUDIT",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "NODE_OPTIONS",
    "NODE_PATH",
    "NPM_CONFIG_NODE_OPTIONS",
    "NPM_CONFIG_SCRIPT_SHELL",
    "PAGER",
    "PATH",
    "PERL5DB",
    "PERL5LIB",
    "PERL5OPT",
    "PROMPT_COMMAND",
    "PYTHONBREAKPOINT",
    "PYTHONHOME",
    "PYTHONPATH",
    "PYTHONSTARTUP",
    "PYTHONUSERBASE",
    "RUBYLIB",
    "RUBYOPT",
    "SSH_ASKPASS",
    "VISUAL",
    "ZDOTDIR",
    "_JAVA_OPTIONS",
];

/// Whether a variable of this name makes other programs load code.
pub fn is_loader(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    LOADERS.contains(&name.as_str()) || name.starts_with("DYLD_")
}

/// Options of a container that share a part of the machine when their value is `host`.
const SHARED: &[&str] =
    &["--cgroupns", "--ipc", "--net", "--network", "--pid", "--userns", "--uts"];

/// What a word of a command line does beyond what a package needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Risk {
    /// It sets a variable that makes other programs load code.
    Loader,
    /// It grants a container broad permissions on its host.
    Escape,
}

/// The risks in the words of a command line for containers, each with the position of its option. An
/// option and its value may be one word or two.
pub fn risks(words: &[&str]) -> Vec<(usize, Risk)> {
    let found = |(at, word): (usize, &&str)| {
        let (option, joined) = split(word);
        // A flag takes no other word for its value.
        let next = words.get(at + 1).copied().filter(|_| option != "--privileged");
        let value = joined.or(next).unwrap_or_default();
        let risk = risk(option, value.trim_matches(['"', '\'']))?;
        Some((at, risk))
    };
    words.iter().enumerate().filter_map(found).collect()
}

/// An option and the value in the same word. Short ones may follow others that take no value.
fn split(word: &str) -> (&str, Option<&str>) {
    if word.starts_with("--") {
        return word.split_once('=').map_or((word, None), |(option, value)| (option, Some(value)));
    }
    let Some(letters) = word.strip_prefix('-') else { return ("", None) };
    let rest = letters.trim_start_matches(['d', 'i', 't', 'P', 'q']);
    for (letter, option) in [('v', "--volume"), ('e', "--env")] {
        if let Some(value) = rest.strip_prefix(letter) {
            let value = value.strip_prefix('=').unwrap_or(value);
            return (option, Some(value).filter(|value| !value.is_empty()));
        }
    }
    ("", None)
}

fn risk(option: &str, value: &str) -> Option<Risk> {
    let escapes = match option {
        "--privileged" => !matches!(value, "false" | "0"),
        "--cap-add" => true,
        "--security-opt" => value.ends_with("unconfined") || value.ends_with("disable"),
        "--volume" => volume_source(value).is_some_and(is_wide),
        "--mount" => mount_source(value).is_some_and(is_wide),
        "--env" => return is_loader(value.split('=').next()?).then_some(Risk::Loader),
        _ => SHARED.contains(&option) && value == "host",
    };
    escapes.then_some(Risk::Escape)
}

/// What `source:target` mounts. A drive letter is part of the path.
fn volume_source(value: &str) -> Option<&str> {
    let drive = value.as_bytes().get(1) == Some(&b':')
        && value.starts_with(|c: char| c.is_ascii_alphabetic());
    let skip = if drive { 2 } else { 0 };
    value[skip..].find(':').map(|at| &value[..skip + at])
}

/// The source in `type=bind,src=…,dst=…`.
fn mount_source(value: &str) -> Option<&str> {
    let pairs = value.split(',').filter_map(|pair| pair.trim().split_once('='));
    let mut sources = pairs.filter(|(key, _)| {
        matches!(key.trim_matches('"').to_ascii_lowercase().as_str(), "src" | "source")
    });
    sources.next().map(|(_, path)| path.trim_matches('"'))
}

/// Ways to write the user's home.
const HOMES: &[&str] = &[
    "~",
    "$home",
    "${home}",
    "{home}",
    "${userhome}",
    "${env:home}",
    "$env:home",
    "%homepath%",
    "${userprofile}",
    "$env:userprofile",
    "%userprofile%",
];

/// Whether a path is the whole machine, a home, or the socket that commands the containers.
fn is_wide(path: &str) -> bool {
    let mut parts: Vec<String> = Vec::new();
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part.to_ascii_lowercase()),
        }
    }
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let rooted = path.starts_with(['/', '\\']);
    match parts.as_slice() {
        // The sockets and pipes through which containers are started.
        [
            ..,
            "docker.sock" | "podman.sock" | "containerd.sock" | "crio.sock" | "buildkitd.sock"
            | "docker_engine",
        ] => true,
        [] => rooted,
        [drive] if drive.len() == 2 && drive.ends_with(':') => true,
        ["root" | "home" | "users" | "run"] | ["home" | "users", _] | ["var", "run"] => rooted,
        [drive, "users"] | [drive, "users", _] => drive.ends_with(':'),
        [home] => HOMES.contains(home),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Risk, is_loader, risks};

    fn escapes(line: &str) -> bool {
        let words: Vec<&str> = line.split(' ').collect();
        risks(&words).iter().any(|(_, risk)| *risk == Risk::Escape)
    }

    #[test]
    fn broad_permissions_of_containers_are_found_in_every_spelling() {
        for line in [
            "--privileged",
            "--privileged=true",
            "--privileged image",
            "--privileged false",
            "--network=host",
            "--network host",
            "--net=host",
            "--net host",
            "--pid=host",
            "--pid host",
            "--ipc=host",
            "--uts host",
            "--userns=host",
            "--cap-add SYS_ADMIN",
            "--cap-add=ALL",
            "--security-opt seccomp=unconfined",
            "--security-opt=label:disable",
            "-v /:/host",
            "-v=/:/host",
            "-v/:/host:ro",
            "-itv /:/host",
            "--volume=/:/host",
            "--volume //:/host",
            "-v /./:/host",
            "-v /etc/..:/host",
            "--mount type=bind,source=/,target=/host",
            "--mount=type=bind,src=/,dst=/host",
            "--mount \"type=bind\",\"src=/\",dst=/host",
            "-v /var/run/docker.sock:/var/run/docker.sock",
            "-v /run/docker.sock:/s",
            "-v /var/run/../run/podman/podman.sock:/s",
            "-v //var/run/docker.sock:/s",
            "-v //./pipe/docker_engine://./pipe/docker_engine",
            "--mount type=bind,src=/run/containerd/containerd.sock,dst=/s",
            "-v /var/run:/var/run",
            "-v ~:/home",
            "-v ~/:/home",
            "-v $HOME:/home",
            "-v ${HOME}:/home",
            "-v /home/alice:/home",
            "-v /root:/root",
            "-v /Users/alice/:/home",
            "-v C:\\:/c",
            "-v C:\\Users\\alice:/c",
            "-v %USERPROFILE%:/c",
        ] {
            assert!(escapes(line), "{line}");
        }
        for line in [
            "--privileged=false",
            "--network=bridge",
            "--network container",
            "host --network",
            "-v data:/data",
            "-v /home/alice/project:/project",
            "-v ~/project:/project:ro",
            "-v {path}:/data",
            "-v /data",
            "--mount type=volume,src=data,dst=/",
            "--mount type=tmpfs,dst=/",
            "--security-opt no-new-privileges",
            "-i --rm -y --verbose",
            "",
        ] {
            assert!(!escapes(line), "{line}");
        }
    }

    #[test]
    fn variables_that_load_code_are_seen_in_any_case_and_behind_an_option() {
        for name in ["LD_PRELOAD", "ld_preload", "Node_Options", "DYLD_INSERT_LIBRARIES", "dyld_x"]
        {
            assert!(is_loader(name), "{name}");
        }
        for name in ["LD", "API_KEY", "NODE_ENV", "PYTHONUNBUFFERED", "ENVIRONMENT", ""] {
            assert!(!is_loader(name), "{name}");
        }
        for words in [&["-e", "LD_PRELOAD=/x.so"][..], &["-eNODE_OPTIONS"], &["--env=ENV=x"]] {
            assert_eq!(risks(words), [(0, Risk::Loader)], "{words:?}");
        }
        assert_eq!(risks(&["-e", "API_KEY", "--env-file", "x"]), []);
    }
}
