//! The script for object stores, run with a tool that only writes down what it is asked.
#![cfg(unix)]

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use crate::project::Project;

/// An `aws` that keeps a bucket in a folder; a key's slashes become `!`.
const AWS: &str = r#"#!/bin/sh
set -eu
name() { printf '%s' "$1" | tr / '!'; }
if [ "$1 $2" = "s3 cp" ]; then
  cp "$BUCKET/upload.tsv" "$5" 2>/dev/null
  exit
fi
[ "$1" = s3api ]
case "$2" in
  put-object) echo "put $6 ${10} ${12}" >> "$LOG"; cp "$8" "$BUCKET/$(name "$6")" ;;
  delete-object) echo "delete $6" >> "$LOG"; rm "$BUCKET/$(name "$6")" ;;
esac
"#;

struct Store {
    project: Project,
}

impl Store {
    fn new() -> Self {
        let project = Project::sample();
        project.file("bin/aws", AWS);
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(project.path("bin/aws"), mode).unwrap();
        std::fs::create_dir_all(project.path("bucket")).unwrap();
        Self { project }
    }

    /// Builds and uploads; what was sent and removed.
    fn publish(&self) -> Vec<String> {
        self.project.run(&["build", "--only", "api", "--for", "s3"]).expect(0);
        let log = self.project.path("log");
        let _ = std::fs::remove_file(&log);
        let path =
            format!("{}:{}", self.project.path("bin").display(), std::env::var("PATH").unwrap());
        let ran = Command::new("sh")
            .args(["upload.sh", "aws", "s3://registry"])
            .current_dir(self.project.path("_site"))
            .env("PATH", path)
            .env("BUCKET", self.project.path("bucket"))
            .env("LOG", &log)
            .output()
            .unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        std::fs::read_to_string(log).unwrap().lines().map(str::to_owned).collect()
    }
}

#[test]
fn the_upload_script_sends_what_changed_and_removes_what_is_gone() {
    let store = Store::new();
    let first = store.publish();
    assert!(first.len() > 40, "{first:?}");
    let list = std::fs::read(store.project.path("bucket/v0.1!servers")).unwrap();
    assert_eq!(list, std::fs::read(store.project.path("_site/v0.1/servers/index.json")).unwrap());
    let at = |name: &str| first.iter().position(|line| line.starts_with(name)).unwrap();
    let document = at("put v0.1/servers/com.example/status-page/versions/1.0.0");
    assert!(
        at("put v0.1/servers application/json") > document,
        "the list comes after what it names"
    );

    let again = store.publish();
    let own = |line: &&String| !line.contains("manifest.json") && !line.contains("upload.tsv");
    assert_eq!(again.iter().filter(own).count(), 0, "{again:?}");

    store.project.remove("registry-data/servers/com.example/status-page");
    let after = store.publish();
    let gone = "delete v0.1/servers/com.example/status-page/versions/latest";
    assert!(after.iter().any(|line| line == gone), "{after:?}");
    assert!(!store.project.path("bucket/v0.1!servers!com.example!status-page!versions").exists());
    let sent = after.iter().filter(|line| line.starts_with("put v0.1/servers"));
    assert_eq!(sent.count(), 1, "only the list changed: {after:?}");
}
