//! No circles: neither between rooms nor between the modules of a room, at any depth.
//!
//! The modules below each module form a graph: an edge leads from one to a sibling when anything below the
//! first names an item that is defined below the second. Re-exports are followed to the definition. The
//! sources are read as text, as `rustfmt` leaves them.

use std::collections::{BTreeMap, BTreeSet};

use crate::architecture::{is_test, sources};

/// A module's path from the root of the crate, such as `["site", "host"]`.
pub(crate) type Module = Vec<String>;

/// What a name in a module's scope stands for: a path, as segments.
type Imports = BTreeMap<String, Vec<String>>;

#[derive(Default)]
pub(crate) struct Crate {
    /// Every module that has a file of its own.
    modules: BTreeSet<Module>,
    /// What each module imports, by the name that it has there.
    imports: BTreeMap<Module, Imports>,
    /// Every path that each module names, from the crate's root.
    paths: BTreeMap<Module, BTreeSet<Vec<String>>>,
}

pub(crate) fn module_of(file: &str) -> Module {
    let file = file.trim_end_matches(".rs").trim_end_matches("/mod");
    let file = if matches!(file, "lib" | "main") { "" } else { file };
    file.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// Spells out the braces of a path: `a::{b, c::{self, d}}` is `a::b`, `a::c` and `a::c::d`.
fn spell_out(text: &str) -> Vec<String> {
    let Some(open) = text.find('{') else { return vec![text.trim().to_owned()] };
    let (front, inner) = (&text[..open], &text[open + 1..text.rfind('}').unwrap_or(text.len())]);
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (at, c) in inner.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&inner[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&inner[start..]);
    let parts = parts.into_iter().map(str::trim).filter(|part| !part.is_empty());
    parts.flat_map(|part| spell_out(&format!("{}{part}", front.trim()))).collect()
}

/// The path of `text` from the crate's root; `None` for paths into other crates.
fn absolute(text: &str, module: &Module) -> Option<Vec<String>> {
    let mut segments = text.split("::").map(str::trim).peekable();
    let mut path = match *segments.peek()? {
        "crate" => Vec::new(),
        "self" | "super" => module.clone(),
        _ => return None,
    };
    for segment in segments {
        match segment {
            "crate" | "self" => {}
            "super" => drop(path.pop()?),
            name => path.push(name.to_owned()),
        }
    }
    Some(path)
}

impl Crate {
    pub(crate) fn read() -> Self {
        let mut found = Self::default();
        let files: Vec<_> = sources().into_iter().filter(|(file, _)| !is_test(file)).collect();
        found.modules.extend(files.iter().map(|(file, _)| module_of(file)));
        for (file, code) in &files {
            found.read_file(module_of(file), code);
        }
        found
    }

    fn read_file(&mut self, module: Module, code: &str) {
        // A module inside the file is one step deeper for `super`, and counts as the file.
        let mut inner = String::new();
        let mut outer = String::new();
        let mut inside = false;
        for line in code.lines() {
            let opens =
                line.starts_with("mod ") || (line.starts_with("pub") && line.contains(" mod "));
            inside |= opens && line.ends_with('{');
            let to = if inside { &mut inner } else { &mut outer };
            to.push_str(line);
            to.push('\n');
            inside &= line != "}";
        }
        let mut deeper = module.clone();
        deeper.push("(inside)".to_owned());
        self.read_code(&module, &module, &outer);
        self.read_code(&module, &deeper, &inner);
    }

    fn read_code(&mut self, owner: &Module, scope: &Module, code: &str) {
        let (mut bare, mut statement) = (String::new(), String::new());
        for line in code.lines() {
            let text = line.trim_start();
            let begins = ["use ", "pub use ", "pub(crate) use ", "pub(super) use "];
            if !statement.is_empty() || begins.iter().any(|begin| text.starts_with(begin)) {
                statement.push_str(text);
            } else {
                bare.push_str(line);
                bare.push('\n');
            }
            if let Some(import) = statement.strip_suffix(';') {
                let tree = import.split_once("use ").map_or("", |(_, tree)| tree);
                for path in spell_out(tree) {
                    self.import(owner, scope, &path);
                }
                statement.clear();
            }
        }
        let word = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
        for path in bare.split(|c| !word(c)).filter(|path| path.contains("::")) {
            if let Some(path) = absolute(path, scope) {
                self.paths.entry(owner.clone()).or_default().insert(path);
            }
        }
    }

    fn import(&mut self, owner: &Module, scope: &Module, text: &str) {
        let (path, name) = text.split_once(" as ").unwrap_or((text, ""));
        let path = path.trim_end_matches("::self");
        let Some(path) = absolute(path, scope).or_else(|| self.child(owner, path)) else { return };
        let name = if name.is_empty() {
            path.last().cloned().unwrap_or_default()
        } else {
            name.to_owned()
        };
        self.paths.entry(owner.clone()).or_default().insert(path.clone());
        self.imports.entry(owner.clone()).or_default().insert(name, path);
    }

    /// The path of an import that begins with a module below `module`.
    fn child(&self, module: &Module, path: &str) -> Option<Vec<String>> {
        let path: Vec<String> =
            module.iter().cloned().chain(path.split("::").map(str::to_owned)).collect();
        self.modules.contains(&path[..=module.len()]).then_some(path)
    }

    /// The module that defines what a path names.
    pub(crate) fn defines(&self, path: &[String], steps: usize) -> Module {
        let mut module = Module::new();
        for (i, name) in path.iter().enumerate() {
            let next: Module = module.iter().chain([name]).cloned().collect();
            if self.modules.contains(&next) {
                module = next;
                continue;
            }
            let imported = self.imports.get(&module).and_then(|imports| imports.get(name));
            if let Some(imported) = imported.filter(|_| steps < 8) {
                let path: Vec<String> = imported.iter().chain(&path[i + 1..]).cloned().collect();
                return self.defines(&path, steps + 1);
            }
            break;
        }
        module
    }

    /// Every name that the root of the crate exports, with its path. What the documentation hides is left
    /// out.
    pub(crate) fn exports(&self) -> Vec<(String, Vec<String>)> {
        let root = self.imports.get(&Module::new()).into_iter().flatten();
        root.map(|(name, path)| (name.clone(), path.clone())).collect()
    }

    /// For each module, which of its children names what of which, with an example.
    fn edges(&self) -> BTreeMap<Module, BTreeMap<(String, String), String>> {
        let mut edges: BTreeMap<Module, BTreeMap<(String, String), String>> = BTreeMap::new();
        for (module, paths) in &self.paths {
            for path in paths {
                let used = self.defines(path, 0);
                let common = module.iter().zip(&used).take_while(|(a, b)| a == b).count();
                if common < module.len() && common < used.len() {
                    let edge = (module[common].clone(), used[common].clone());
                    let example = format!("{} names {}", module.join("::"), path.join("::"));
                    edges
                        .entry(module[..common].to_vec())
                        .or_default()
                        .entry(edge)
                        .or_insert(example);
                }
            }
        }
        edges
    }
}

/// The edges that are part of a circle.
fn circular(edges: &BTreeMap<(String, String), String>) -> Vec<&String> {
    let reaches = |from: &String, to: &String| {
        let (mut open, mut seen) = (vec![from], BTreeSet::new());
        while let Some(at) = open.pop() {
            let next = edges.keys().filter(|(a, _)| a == at).map(|(_, b)| b);
            for next in next.filter(|next| seen.insert(*next)).collect::<Vec<_>>() {
                open.push(next);
            }
        }
        seen.contains(to)
    };
    edges.iter().filter(|((a, b), _)| reaches(b, a)).map(|(_, example)| example).collect()
}

#[test]
fn no_module_names_what_names_it() {
    let read = Crate::read();
    let mut found = 0;
    let mut circles = Vec::new();
    for edges in read.edges().values() {
        found += edges.len();
        circles.extend(circular(edges).into_iter().cloned());
    }
    assert!(found > 200, "only {found} edges were found");
    assert!(circles.is_empty(), "modules in circles:\n{}", circles.join("\n"));
}

#[test]
fn a_circle_is_found() {
    let mut read = Crate::default();
    let files = [
        ("room/mod.rs", "mod a;\nmod b;\nmod c;\npub use b::{Thing as Other, deep::Item};\n"),
        ("room/a.rs", "use super::{Other, c};\n"),
        ("room/b.rs", "fn f() { crate::room::c::g(); }\n"),
        ("room/c.rs", "fn g() {}\n"),
    ];
    read.modules.extend(files.iter().map(|(file, _)| module_of(file)));
    for (file, code) in files {
        read.read_file(module_of(file), code);
    }
    let room = vec!["room".to_owned()];
    assert!(circular(&read.edges()[&room]).is_empty());
    let edges: Vec<_> = read.edges()[&room].keys().map(|(a, b)| format!("{a}{b}")).collect();
    assert_eq!(edges, ["ab", "ac", "bc"]);
    read.read_file(module_of("room/c.rs"), "mod x {\n    use super::super::a;\n}\n");
    assert_eq!(circular(&read.edges()[&room]).len(), 4);
}
