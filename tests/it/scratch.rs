//! A folder with `registry-data` in it that is gone after the test, and the program run there.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub(crate) struct Scratch(tempfile::TempDir);

/// How a run of the program ended.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Scratch {
    pub(crate) fn new() -> Self {
        let scratch = Self(tempfile::tempdir().unwrap());
        std::fs::create_dir(scratch.data()).unwrap();
        scratch
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path().join("registry-data")
    }

    /// Writes a file below the scratch folder.
    pub(crate) fn write(&self, path: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Reads a file of the data folder.
    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.data().join(path)).unwrap()
    }

    /// Every file of the data folder in order.
    pub(crate) fn files(&self) -> Vec<String> {
        let data = self.data();
        let mut files: Vec<String> = walkdir::WalkDir::new(&data)
            .into_iter()
            .map(Result::unwrap)
            .filter(|entry| !entry.file_type().is_dir())
            .map(|e| e.path().strip_prefix(&data).unwrap().to_string_lossy().replace('\\', "/"))
            .collect();
        files.sort();
        files
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, &[], "")
    }

    /// Runs the program in the scratch folder without the caller's proxies and dates.
    pub(crate) fn run_with(
        &self,
        arguments: &[&str],
        variables: &[(&str, &str)],
        input: &str,
    ) -> Ran {
        let mut child = self.command(arguments).envs(variables.iter().copied()).spawn().unwrap();
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        ended(child.wait_with_output().unwrap())
    }

    /// The program with these arguments, not yet started.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mcp-static"));
        for name in ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SOURCE_DATE_EPOCH"] {
            command.env_remove(name).env_remove(name.to_lowercase());
        }
        command
            .args(arguments)
            .current_dir(self.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the program and gives the most memory that it had, in KiB, by the kernel's own figure.
    #[cfg(target_os = "linux")]
    pub(crate) fn run_measured(&self, arguments: &[&str]) -> (Ran, u64) {
        // A run may be over before it is looked at.
        let mut runs = std::iter::repeat_with(|| self.measure(arguments)).take(50);
        runs.find(|(_, peak)| *peak > 0).expect("a run that can be measured")
    }

    #[cfg(target_os = "linux")]
    fn measure(&self, arguments: &[&str]) -> (Ran, u64) {
        let child = self.command(arguments).stdin(Stdio::null()).spawn().unwrap();
        let status = format!("/proc/{}/status", child.id());
        let watch = std::thread::spawn(move || {
            let mut peak = 0;
            // The figure only grows, so the last one that can be read is the peak but for a moment.
            while let Ok(text) = std::fs::read_to_string(&status) {
                let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
                let Some(line) = line else { break };
                peak = line.trim().trim_end_matches(" kB").parse().unwrap();
                std::thread::sleep(std::time::Duration::from_micros(200));
            }
            peak
        });
        let ran = ended(child.wait_with_output().unwrap());
        (ran, watch.join().unwrap())
    }
}

fn ended(output: std::process::Output) -> Ran {
    Ran {
        code: output.status.code().expect("the program ended by itself"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A recorded answer.
pub(crate) fn recorded(name: &str) -> Vec<u8> {
    std::fs::read(recorded_path(name)).unwrap()
}

pub(crate) fn recorded_path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/upstream").join(name)
}
