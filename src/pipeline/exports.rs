//! Reports what the files for clients that enforce what is approved leave out, give away or block.

use crate::diag::{Code, Diagnostic, Place};
use crate::render::catalog::Enforcement;
use crate::render::export::LeftOut;

/// Reports which servers the files for clients leave out, and what the allowlist gives away or blocks.
pub(super) fn findings(made: &Enforcement) -> Vec<Diagnostic> {
    let note = |code, message: String, help: &str| {
        Diagnostic::new(code, Place::default(), message).help(help)
    };
    let mut found = Vec::new();
    for file in &made.files {
        let (path, clients) = (file.export.path.join("/"), file.export.clients);
        found.extend(file.left_out.iter().map(|left| left_out(&path, clients, left)));
    }
    found.extend(made.by_name.iter().map(|name| {
        let message = format!("managed settings allow {name} by name, so any command of this name can run");
        let help = "ask for values as environmentVariables instead of arguments, or set match = \"command\" in [exports.allowlist]";
        note(Code::AllowlistByName, message, help)
    }));
    if let Some(first) = made.unpinned.first() {
        let installers = Enforcement::unpinned_installers();
        let (count, more) = (made.unpinned.len(), "such as");
        let servers = if count == 1 { "1 server".to_owned() } else { format!("{count} servers") };
        found.push(if made.settings.unpinned {
            let message = format!("managed settings allow {servers}, {more} {first}, in any version");
            note(Code::AllowlistUnpinned, message, "remove unpinned = true from [exports.allowlist] to allow exact versions only")
        } else {
            let message = format!("managed settings block {servers}, {more} {first}, when {installers} install them without a version");
            note(Code::AllowlistUnpinned, message, "install from the pages of the catalog, or set unpinned = true in [exports.allowlist]")
        });
    }
    found
}

/// Reports a server that the file at `path`, which `readers` read, does not have.
pub(super) fn left_out(path: &str, readers: &str, left: &LeftOut) -> Diagnostic {
    let message = format!("{} is not in {path}: {}", left.server, left.reason);
    Diagnostic::new(Code::ExportLeftOut, Place::default(), message)
        .help(format!("{readers} cannot use this server; nothing to do if that is fine"))
}
