//! The script for object stores, run with a tool that only writes down what it is asked.
#![cfg(unix)]

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use crate::project::Project;

/// What all stand-ins have in common: a bucket in a folder, in which a key's slashes become `!`, and a log.
const COMMON: &str = r#"#!/bin/sh
set -eu
name() { printf '%s' "$1" | tr / '!'; }
old() { cat "$BUCKET/upload.tsv" 2>/dev/null; }
put() { echo "put $1 $3 $4" >> "$LOG"; cp "$2" "$BUCKET/$(name "$1")"; }
gone() { echo "delete $1" >> "$LOG"; rm "$BUCKET/$(name "$1")"; }
"#;

/// A tool by its name, where it is told to put things, and how it is called: each stand-in takes the words
/// that the vendor's documentation asks for, in the order in which the script gives them, and no others.
const TOOLS: [(&str, &str, &str); 5] = [
    (
        "aws",
        "s3://registry",
        r#"case "$1 $2 $3 $4" in
"s3 cp --quiet s3://registry/upload.tsv") old > "$5" ;;
"s3api put-object --bucket registry") [ "$5 $7 $9 ${11}" = "--key --body --content-type --cache-control" ]; put "$6" "$8" "${10}" "${12}" ;;
"s3api delete-object --bucket registry") [ "$5" = --key ]; gone "$6" ;;
*) exit 9 ;;
esac"#,
    ),
    (
        "gcloud",
        "gs://registry",
        r#"case "$1 $2" in
"storage cat") [ "$3" = gs://registry/upload.tsv ]; old ;;
"storage cp") [ "$3" = --quiet ]; put "${7#gs://registry/}" "$6" "${4#--content-type=}" "${5#--cache-control=}" ;;
"storage rm") [ "$3" = --quiet ]; gone "${4#gs://registry/}" ;;
*) exit 9 ;;
esac"#,
    ),
    (
        "gsutil",
        "gs://registry",
        r#"case "$1 $2" in
"-q cat") [ "$3" = gs://registry/upload.tsv ]; old ;;
"-q -h") [ "$4 $6" = "-h cp" ]; put "${8#gs://registry/}" "$7" "${3#Content-Type:}" "${5#Cache-Control:}" ;;
"-q rm") gone "${3#gs://registry/}" ;;
*) exit 9 ;;
esac"#,
    ),
    (
        "az",
        "registry",
        r#"case "$1 $2 $3" in
"storage blob download") [ "$4 $5 $6 $7 $8" = "--only-show-errors --container-name registry --name upload.tsv" ]; old > "${10}" ;;
"storage blob upload") [ "$5 $6 $7 $8 ${10} ${12} ${14}" = "--overwrite --container-name registry --name --file --content-type --content-cache-control" ]; put "$9" "${11}" "${13}" "${15}" ;;
"storage blob delete") [ "$5 $6 $7" = "--container-name registry --name" ]; gone "$8" ;;
*) exit 9 ;;
esac"#,
    ),
    (
        "rclone",
        "remote:registry",
        r#"case "$1" in
cat) [ "$2" = remote:registry/upload.tsv ]; old ;;
copyto) [ "$2 $4" = "--header-upload --header-upload" ]; put "${7#remote:registry/}" "$6" "${3#Content-Type: }" "${5#Cache-Control: }" ;;
deletefile) gone "${2#remote:registry/}" ;;
*) exit 9 ;;
esac"#,
    ),
];

struct Store {
    project: Project,
    tool: &'static str,
    to: &'static str,
}

impl Store {
    fn new() -> Self {
        Self::filled_with(&TOOLS[0])
    }

    fn filled_with((tool, to, script): &(&'static str, &'static str, &'static str)) -> Self {
        let project = Project::sample();
        project.file(&format!("bin/{tool}"), &format!("{COMMON}{script}\n"));
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(project.path(&format!("bin/{tool}")), mode).unwrap();
        std::fs::create_dir_all(project.path("bucket")).unwrap();
        Self { project, tool, to }
    }

    /// Builds and uploads; what was sent and removed.
    fn publish(&self) -> Vec<String> {
        self.project.run(&["build", "--only", "api", "--for", "s3"]).expect(0);
        let log = self.project.path("log");
        let _ = std::fs::remove_file(&log);
        let path =
            format!("{}:{}", self.project.path("bin").display(), std::env::var("PATH").unwrap());
        let ran = Command::new("sh")
            .args(["upload.sh", self.tool, self.to])
            .current_dir(self.project.path("_site"))
            .env("PATH", path)
            .env("BUCKET", self.project.path("bucket"))
            .env("LOG", &log)
            .output()
            .unwrap();
        assert!(ran.status.success(), "{}: {}", self.tool, String::from_utf8_lossy(&ran.stderr));
        std::fs::read_to_string(log).unwrap().lines().map(str::to_owned).collect()
    }
}

#[test]
fn every_tool_is_told_the_same_in_its_own_words() {
    let mut known: Option<Vec<Vec<String>>> = None;
    for row in &TOOLS {
        let store = Store::filled_with(row);
        let mut told = vec![store.publish()];
        store.project.remove("registry-data/servers/com.example/status-page");
        told.push(store.publish());
        // Several run at once, so only what was done is the same, not when; and the manifest has a time.
        told.iter_mut().for_each(|log| log.sort());
        assert!(told[0].len() > 40 && told[1].iter().any(|line| line.starts_with("delete ")));
        let same = known.get_or_insert_with(|| told.clone());
        assert_eq!(*same, told, "{}", row.0);
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
