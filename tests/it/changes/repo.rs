//! A repository made by commands.
//!
//! - `entry NAME VERSION [TEXT]`: a document, with TEXT as its description
//! - `mirror NAME VERSION REGISTRY [TEXT]`: what an import of that record would write
//! - `status NAME VERSION WORD`, `owners NAMESPACE TEXT`, `file PATH TEXT`, `big PATH BYTES`
//! - `proof NAME VERSION …`, `status-proof NAME VERSION …`, `owners-proof NAMESPACE …`, with `key=`,
//!   `domain=`, `audience=`, `action=`, `issued=`, `name=`, `version=`, `of=PATH`, `sig=wrong` to
//!   differ from what fits
//! - `remove PREFIX`, `reformat PATH` (other white space), `link PATH`, `exec PATH`, `submodule PATH`
//! - `take`: brings in the files that the published branch has and the change did not touch
//! - `commit [sign=KEY] [namespace=WORD] [author=Name_<address>] [for=REGISTRY] [with=MARK]`: `for` is a
//!   line of the message; the last gives the commit a second parent, `base` for the published branch's tip
//! - `mark NAME` remembers the last commit, `at NAME` goes back to it, `orphan` begins a new history
//! - `mangle FOLDER unsorted|twice|mode`: the folder's tree is written as git would never write it

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use mcp_static::internals::data::Edit;
use mcp_static::internals::import::{Filter, Present, plan, read_text};
use mcp_static::internals::proof::{Action, Algorithm, PrivateKey, Statement, content_hash};
use serde_json::{Value, json};

/// The registry that every case is about.
pub const ID: &str = "https://registry.example.org";

/// The files of a commit by path, with their modes.
type Files = BTreeMap<String, (i32, Vec<u8>)>;

/// The one document of cases.
fn document(name: &str, version: &str, about: &str) -> String {
    format!(
        "{{\n  \"$schema\": \"https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json\",\n  \"name\": \"{name}\",\n  \"description\": \"{about}\",\n  \"version\": \"{version}\"\n}}\n"
    )
}

/// What another registry gives for one version.
pub fn upstream_record(name: &str, version: &str, about: &str) -> Value {
    let server: Value = serde_json::from_str(&document(name, version, about)).unwrap();
    json!({ "server": server, "_meta": { "io.modelcontextprotocol.registry/official": {
        "status": "active", "publishedAt": "2026-01-01T00:00:00Z",
        "updatedAt": "2026-01-01T00:00:00Z", "isLatest": true,
    } } })
}

/// Where it gives it.
pub fn record_url(registry: &str, name: &str, version: &str) -> String {
    format!("{registry}/v0.1/servers/{}/versions/{version}", name.replace('/', "%2F"))
}

/// A key by a letter: the same in every run.
pub fn key(letter: &str) -> PrivateKey {
    let algorithm = if letter.starts_with('p') { Algorithm::EcdsaP384 } else { Algorithm::Ed25519 };
    let mut seed = [7; 48];
    seed[..letter.len()].copy_from_slice(letter.as_bytes());
    let length = if algorithm == Algorithm::Ed25519 { 32 } else { 48 };
    PrivateKey::from_raw(algorithm, &seed[..length]).unwrap()
}

/// Replaces what stands for keys.
pub fn fill(text: &str) -> String {
    let mut text = text.to_owned();
    for (mark, show) in [("{key:", 0), ("{print:", 1)] {
        while let Some(at) = text.find(mark) {
            let end = at + text[at..].find('}').unwrap();
            let public = key(&text[at + mark.len()..end]).public().clone();
            let value = if show == 0 { public.record() } else { public.fingerprint() };
            text.replace_range(at..=end, &value);
        }
    }
    text
}

/// A repository that is made of paths, without a work tree.
pub struct Repo {
    pub git: git2::Repository,
    /// What the next commit holds.
    pub files: Files,
    /// The last commit.
    pub tip: Option<git2::Oid>,
    /// Where the change left the published branch.
    fork: Files,
    /// The tip of the published branch, and its files.
    published: Option<(git2::Oid, Files)>,
    /// Commits that have a name.
    marks: BTreeMap<String, (git2::Oid, Files)>,
    /// Folders whose trees are spoilt, and how.
    mangled: BTreeMap<String, String>,
    time: i64,
}

impl Repo {
    /// An empty, bare repository.
    pub fn new(folder: &Path) -> Self {
        let git = git2::Repository::init_bare(folder).unwrap();
        let (files, fork) = (Files::new(), Files::new());
        Self {
            git,
            files,
            tip: None,
            fork,
            published: None,
            marks: BTreeMap::new(),
            mangled: BTreeMap::new(),
            time: 1_760_000_000,
        }
    }

    /// Plays commands, with a commit after the last of them; the tip that this leaves.
    pub fn play(&mut self, commands: &[String]) -> git2::Oid {
        commands.iter().for_each(|command| self.run(command));
        if commands.last().is_none_or(|last| !last.starts_with("commit")) {
            self.run("commit");
        }
        self.tip.unwrap()
    }

    /// Plays a published branch, what it gains meanwhile, and a change that left it before that; base
    /// and head.
    pub fn branch(
        &mut self,
        base: &[String],
        meanwhile: Option<&[String]>,
        head: &[String],
    ) -> (git2::Oid, git2::Oid) {
        let fork = self.play(base);
        self.fork.clone_from(&self.files);
        let tip = meanwhile.map_or(fork, |commands| self.play(commands));
        let files = std::mem::replace(&mut self.files, self.fork.clone());
        self.published = Some((tip, files));
        self.tip = Some(fork);
        (tip, self.play(head))
    }

    fn tree(&self, prefix: &str) -> git2::Oid {
        let mut builder = self.git.treebuilder(None).unwrap();
        let mut folders = BTreeSet::new();
        for (path, (mode, bytes)) in &self.files {
            let Some(rest) = path.strip_prefix(prefix) else { continue };
            match rest.split_once('/') {
                Some((folder, _)) => drop(folders.insert(folder.to_owned())),
                None => {
                    let blob = match *mode {
                        0o160_000 => git2::Oid::from_bytes(&[1; 20]).unwrap(),
                        _ => self.git.blob(bytes).unwrap(),
                    };
                    builder.insert(rest, blob, *mode).unwrap();
                }
            }
        }
        for folder in folders {
            let tree = self.tree(&format!("{prefix}{folder}/"));
            builder.insert(folder, tree, 0o40_000).unwrap();
        }
        let tree = builder.write().unwrap();
        match self.mangled.get(prefix.trim_end_matches('/')) {
            None => tree,
            Some(how) => self.mangle(tree, how),
        }
    }

    /// The same tree as git would never write it.
    fn mangle(&self, tree: git2::Oid, how: &str) -> git2::Oid {
        let tree = self.git.find_tree(tree).unwrap();
        let line = |entry: &git2::TreeEntry<'_>, mode: String| {
            let mut line = format!("{mode} {}\0", entry.name().unwrap()).into_bytes();
            line.extend_from_slice(entry.id().as_bytes());
            line
        };
        let octal = |entry: &git2::TreeEntry<'_>| format!("{:o}", entry.filemode());
        let lines = tree.iter().map(|entry| line(&entry, octal(&entry)));
        let mut lines: Vec<Vec<u8>> = lines.collect();
        match how {
            "unsorted" => lines.reverse(),
            "twice" => lines.push(lines.last().unwrap().clone()),
            _ => {
                lines[0] = line(&tree.get(0).unwrap(), format!("0{}", octal(&tree.get(0).unwrap())))
            }
        }
        self.git.odb().unwrap().write(git2::ObjectType::Tree, &lines.concat()).unwrap()
    }

    fn commit(&mut self, options: &BTreeMap<&str, &str>) {
        self.time += 3600;
        let author =
            options.get("author").copied().unwrap_or("A <a@example.com>").replace('_', " ");
        let (name, mail) = author.split_once(" <").unwrap();
        let time = git2::Time::new(self.time, 0);
        let who = git2::Signature::new(name, mail.trim_end_matches('>'), &time).unwrap();
        let tree = self.git.find_tree(self.tree("")).unwrap();
        let second = options.get("with").map(|with| match *with {
            "base" => self.published.as_ref().unwrap().0,
            mark => self.marks[mark].0,
        });
        let parents = self.tip.into_iter().chain(second);
        let parents: Vec<_> = parents.map(|oid| self.git.find_commit(oid).unwrap()).collect();
        let parents: Vec<_> = parents.iter().collect();
        let message = match options.get("for") {
            None => "change".to_owned(),
            Some(registry) => format!("change\n\nMCP-Registry: {registry}\n"),
        };
        let buffer = self.git.commit_create_buffer(&who, &who, &message, &tree, &parents).unwrap();
        let text = buffer.as_str().unwrap().to_owned();
        let oid = match options.get("sign") {
            None => {
                self.git.odb().unwrap().write(git2::ObjectType::Commit, text.as_bytes()).unwrap()
            }
            Some(letter) => {
                let namespace = options.get("namespace").copied().unwrap_or("git");
                let signature = key(letter).sign_ssh(namespace, text.as_bytes()).unwrap();
                self.git.commit_signed(&text, signature.trim_end(), None).unwrap()
            }
        };
        self.tip = Some(oid);
    }

    /// Puts a regular file.
    pub fn write(&mut self, path: &str, text: &str) {
        self.files.insert(path.to_owned(), (0o100_644, text.as_bytes().to_vec()));
    }

    /// What an import would write for a record.
    fn mirror(&mut self, name: &str, version: &str, registry: &str, about: &str) {
        let record = upstream_record(name, version, about).to_string();
        let readings = read_text("record", record.as_bytes()).unwrap().readings;
        let (present, all, now) = (Present::default(), Filter::default(), 1_800_000_000);
        let plan = plan(registry, readings, &present, &all, now);
        for (path, edit) in plan.edits.iter() {
            let Edit::Write(bytes) = edit else { continue };
            let text = String::from_utf8(bytes.clone()).unwrap();
            self.write(&format!("registry-data/{path}"), &text);
        }
    }

    /// Brings in what the published branch has and the change did not touch.
    fn take(&mut self) {
        let (_, published) = self.published.clone().unwrap();
        let paths: BTreeSet<String> = published.keys().chain(self.fork.keys()).cloned().collect();
        for path in paths {
            if self.files.get(&path) == self.fork.get(&path) {
                match published.get(&path) {
                    Some(file) => drop(self.files.insert(path, file.clone())),
                    None => drop(self.files.remove(&path)),
                }
            }
        }
    }

    fn reformat(&mut self, path: &str) {
        let value: Value = serde_json::from_slice(&self.files[path].1).unwrap();
        self.write(path, &value.to_string());
    }

    /// Plays one command.
    pub fn run(&mut self, command: &str) {
        let command = fill(command);
        let (verb, rest) = command.split_once(' ').unwrap_or((&command, ""));
        let words: Vec<&str> = rest.split_whitespace().collect();
        let options: BTreeMap<&str, &str> =
            words.iter().filter_map(|word| word.split_once('=')).collect();
        let data = |path: &str| format!("registry-data/{path}");
        let folder = |name: &str, version: &str| data(&format!("servers/{name}/{version}"));
        match verb {
            "entry" => {
                let mut parts = rest.splitn(3, ' ');
                let (name, version) = (parts.next().unwrap(), parts.next().unwrap());
                let about = parts.next().unwrap_or("A server");
                let text = document(name, version, about);
                self.write(&format!("{}/server.json", folder(name, version)), &text);
            }
            "status" => {
                let text = format!("{{\"status\":\"{}\"}}\n", words[2]);
                self.write(&format!("{}/status.json", folder(words[0], words[1])), &text);
            }
            "proof" => self.prove(Action::Publish, words[0], words[1], &options),
            "status-proof" => self.prove(Action::SetStatus, words[0], words[1], &options),
            "owners-proof" => self.prove(Action::SetOwners, words[0], "-", &options),
            "mirror" => {
                let mut parts = rest.splitn(4, ' ');
                let mut part = || parts.next().unwrap_or("A server").to_owned();
                let (name, version, registry, about) = (part(), part(), part(), part());
                self.mirror(&name, &version, &registry, &about);
            }
            "owners" => {
                let (namespace, text) = rest.split_once(' ').unwrap();
                let text = format!("namespace = \"{namespace}\"\n{text}\n");
                self.write(&data(&format!("owners/{}.toml", namespace.to_lowercase())), &text);
            }
            "file" => {
                let (path, text) = rest.split_once(' ').unwrap_or((rest, ""));
                self.write(path, text);
            }
            "remove" => self.files.retain(|path, _| !path.starts_with(words[0])),
            "big" => self.write(words[0], &"x".repeat(words[1].parse().unwrap())),
            "reformat" => self.reformat(words[0]),
            "take" => self.take(),
            "submodule" => drop(self.files.insert(words[0].to_owned(), (0o160_000, vec![]))),
            "link" => drop(self.files.insert(words[0].to_owned(), (0o120_000, b"x".to_vec()))),
            "exec" => self.files.get_mut(words[0]).unwrap().0 = 0o100_755,
            "commit" => self.commit(&options),
            "mark" => {
                let here = (self.tip.unwrap(), self.files.clone());
                self.marks.insert(rest.to_owned(), here);
            }
            "at" => {
                let (tip, files) = self.marks[rest].clone();
                (self.tip, self.files) = (Some(tip), files);
            }
            "orphan" => self.tip = None,
            "mangle" => drop(self.mangled.insert(words[0].to_owned(), words[1].to_owned())),
            other => panic!("there is no command {other:?}"),
        }
    }

    fn prove(&mut self, action: Action, name: &str, version: &str, options: &BTreeMap<&str, &str>) {
        let folder = format!("registry-data/servers/{name}/{version}");
        let (about, place) = match action {
            Action::Publish => (format!("{folder}/server.json"), format!("{folder}/proof.json")),
            Action::SetStatus => {
                (format!("{folder}/status.json"), format!("{folder}/status.proof.json"))
            }
            Action::SetOwners => {
                let place = format!("registry-data/owners/{}", name.to_lowercase());
                (format!("{place}.toml"), format!("{place}.proof.json"))
            }
        };
        let about = options.get("of").map_or(about, |path| (*path).to_owned());
        let bytes = self.files.get(&about).map_or(Vec::new(), |(_, bytes)| bytes.clone());
        let sha256 = match action {
            Action::SetOwners => mcp_static::internals::data::digest(&bytes),
            _ => {
                content_hash(&mcp_static::internals::data::read_json("x", bytes).unwrap()).unwrap()
            }
        };
        let namespace = name.split('/').next().unwrap();
        let labels: Vec<&str> = namespace.rsplit('.').collect();
        let domain = labels.join(".").to_lowercase();
        let option = |key: &str, default: &str| {
            options.get(key).map_or(default.to_owned(), |value| (*value).to_owned())
        };
        let (audience, domain) = (option("audience", ID), option("domain", &domain));
        let issued = option("issued", "2026-11-22T05:00:00Z");
        let name = match action {
            Action::SetOwners => name.to_lowercase(),
            _ => name.to_owned(),
        };
        let (name, version) = (option("name", &name), option("version", version));
        let stated = Action::parse(&option("action", action.as_str())).unwrap();
        let statement = Statement {
            audience: &audience,
            action: stated,
            domain: &domain,
            name: &name,
            version: &version,
            sha256: &sha256,
            issued: &issued,
        };
        let key = key(&option("key", "a"));
        let mut signature = key.sign(statement.to_text().unwrap().as_bytes()).unwrap();
        if options.get("sig") == Some(&"wrong") {
            signature[3] ^= 1;
        }
        let public = key.public();
        use base64::Engine as _;
        let proof = json!({
            "v": 1, "audience": audience, "action": stated.as_str(), "domain": domain,
            "issued": issued, "alg": public.algorithm().as_str(), "key": public.to_base64(),
            "sig": base64::engine::general_purpose::STANDARD.encode(&signature),
        });
        self.write(&place, &format!("{proof:#}\n"));
    }
}
