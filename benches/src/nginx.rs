//! nginx over a built site, as the measure of how fast files can be served.

use crate::Res;
use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A running nginx; stopped when dropped.
pub(crate) struct Nginx {
    program: PathBuf,
    conf: PathBuf,
    child: Child,
}

/// Whether `program` can be started at all.
pub(crate) fn present(program: &Path) -> bool {
    let mut command = Command::new(program);
    command.arg("-v").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|s| s.success())
}

impl Nginx {
    /// Starts `program` on `addr` over `site`; its own files go into `scratch`.
    pub(crate) fn start(
        program: &Path,
        site: &Path,
        scratch: &Path,
        addr: SocketAddr,
    ) -> Res<Self> {
        fs::create_dir_all(scratch)?;
        let conf = scratch.join("nginx.conf");
        fs::write(&conf, configuration(site, scratch, addr)?)?;
        let child = Command::new(program)
            .arg("-c")
            .arg(&conf)
            .args(["-e", "stderr"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(scratch.join("stderr"))?)
            .spawn()?;
        Ok(Self { program: program.into(), conf, child })
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // A killed master leaves its workers behind, so it is asked first.
        let mut stop = Command::new(&self.program);
        stop.arg("-c").arg(&self.conf).args(["-e", "stderr", "-s", "stop"]);
        let asked = stop.stdout(Stdio::null()).stderr(Stdio::null()).status();
        if !asked.is_ok_and(|s| s.success()) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

/// The smallest configuration that answers the API from files.
fn configuration(site: &Path, scratch: &Path, addr: SocketAddr) -> Res<String> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    // Started by root, workers would become somebody who may not read the scratch folder.
    let user = if fs::metadata(scratch)?.uid() == 0 { "user root;\n" } else { "" };
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|kind| format!("  {kind}_temp_path \"{}/{kind}\";\n", scratch.display()))
        .collect();
    Ok(format!(
        "{user}daemon off;\nworker_processes {workers};\npid \"{0}/pid\";\nerror_log stderr;\n\
         events {{ worker_connections 512; }}\n\
         http {{\n  access_log off;\n  default_type application/json;\n  sendfile on;\n  tcp_nopush on;\n\
         \x20 keepalive_requests 1000000000;\n{temporary}\
         \x20 server {{\n    listen {addr};\n    root \"{1}\";\n\
         \x20   location / {{ try_files $uri $uri/index.json =404; }}\n  }}\n}}\n",
        scratch.display(),
        site.display()
    ))
}
