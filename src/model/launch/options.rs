//! The options that programs which run packages are known to have.
//!
//! They are those of npm 11, bun 1.3, uv 0.9, pipx 1.8, the .NET 10 SDK and Docker 28 that neither name
//! another package nor change where packages come from.

/// What an option of a program takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    Nothing,
    Value,
    /// The address of a package registry.
    Registry,
}

/// The options of a program that may stand before a package.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) program: &'static str,
    flags: &'static [&'static str],
    valued: &'static [&'static str],
    registries: &'static [&'static str],
}

const CONTAINER_FLAGS: &[&str] = &[
    "-d",
    "-i",
    "-t",
    "-P",
    "-q",
    "--detach",
    "--init",
    "--interactive",
    "--no-healthcheck",
    "--oom-kill-disable",
    "--privileged",
    "--publish-all",
    "--quiet",
    "--read-only",
    "--rm",
    "--sig-proxy",
    "--tty",
];

const CONTAINER_VALUED: &[&str] = &[
    "-a",
    "-c",
    "-e",
    "-h",
    "-l",
    "-m",
    "-p",
    "-u",
    "-v",
    "-w",
    "--add-host",
    "--annotation",
    "--attach",
    "--cap-add",
    "--cap-drop",
    "--cgroup-parent",
    "--cgroupns",
    "--cidfile",
    "--cpu-shares",
    "--cpus",
    "--cpuset-cpus",
    "--device",
    "--dns",
    "--dns-option",
    "--dns-search",
    "--domainname",
    "--entrypoint",
    "--env",
    "--env-file",
    "--expose",
    "--gpus",
    "--group-add",
    "--health-cmd",
    "--health-interval",
    "--health-retries",
    "--health-timeout",
    "--hostname",
    "--ip",
    "--ip6",
    "--ipc",
    "--label",
    "--label-file",
    "--link",
    "--log-driver",
    "--log-opt",
    "--mac-address",
    "--memory",
    "--memory-swap",
    "--mount",
    "--name",
    "--net",
    "--network",
    "--network-alias",
    "--pid",
    "--pids-limit",
    "--platform",
    "--publish",
    "--pull",
    "--restart",
    "--runtime",
    "--security-opt",
    "--shm-size",
    "--stop-signal",
    "--stop-timeout",
    "--storage-opt",
    "--sysctl",
    "--tmpfs",
    "--ulimit",
    "--user",
    "--userns",
    "--uts",
    "--volume",
    "--volume-driver",
    "--volumes-from",
    "--workdir",
];

pub(super) static OPTIONS: &[Options] = &[
    Options {
        program: "npx",
        flags: &[
            "-d",
            "-q",
            "-s",
            "--force",
            "--ignore-scripts",
            "--offline",
            "--prefer-offline",
            "--prefer-online",
            "--quiet",
            "--silent",
            "--verbose",
        ],
        valued: &["--cache", "--loglevel"],
        registries: &["--registry"],
    },
    Options {
        program: "bunx",
        flags: &["--bun", "--silent", "--verbose"],
        valued: &[],
        registries: &["--registry"],
    },
    Options {
        program: "uvx",
        flags: &[
            "-n",
            "-q",
            "-v",
            "--isolated",
            "--managed-python",
            "--native-tls",
            "--no-cache",
            "--no-managed-python",
            "--no-progress",
            "--no-python-downloads",
            "--offline",
            "--quiet",
            "--refresh",
            "--system-certs",
            "--verbose",
        ],
        valued: &[
            "-p",
            "--cache-dir",
            "--color",
            "--exclude-newer",
            "--link-mode",
            "--prerelease",
            "--python",
            "--python-preference",
            "--resolution",
        ],
        registries: &["-i", "--default-index", "--index-url"],
    },
    Options {
        program: "pipx",
        flags: &["-q", "-v", "--no-cache", "--quiet", "--verbose"],
        valued: &["--python"],
        registries: &["-i", "--index-url"],
    },
    Options {
        program: "dnx",
        flags: &[
            "-y",
            "--allow-roll-forward",
            "--ignore-failed-sources",
            "--interactive",
            "--prerelease",
        ],
        valued: &["-v", "--verbosity"],
        registries: &["--source"],
    },
    Options {
        program: "docker",
        flags: CONTAINER_FLAGS,
        valued: CONTAINER_VALUED,
        registries: &[],
    },
    Options {
        program: "podman",
        flags: CONTAINER_FLAGS,
        valued: CONTAINER_VALUED,
        registries: &[],
    },
];

impl Options {
    /// What `option` takes; `None` when the program is not known to have it.
    pub(super) fn takes(&self, option: &str) -> Option<Takes> {
        if self.flags.contains(&option) {
            return Some(Takes::Nothing);
        }
        if self.valued.contains(&option) {
            return Some(Takes::Value);
        }
        // Containers take short flags in one word, as in `-it`.
        let cluster = option.strip_prefix('-').filter(|it| it.len() > 1 && !it.starts_with('-'));
        let short = |c: char| self.flags.iter().any(|flag| flag.chars().eq(['-', c]));
        if self.program != "npx" && cluster.is_some_and(|letters| letters.chars().all(short)) {
            return Some(Takes::Nothing);
        }
        self.registries.contains(&option).then_some(Takes::Registry)
    }
}
