//! A real TLS host on this computer, which does what it is told and notes what it was asked.

use std::io::{BufRead as _, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// The encrypted way to the client.
pub(crate) type Way = StreamOwned<ServerConnection, TcpStream>;

/// A certificate that signs itself.
pub(crate) struct Identity {
    pub(crate) der: Vec<u8>,
    key: Vec<u8>,
}

impl Identity {
    /// For these names, until the end of `until`.
    pub(crate) fn new(names: &[&str], until: i32) -> Self {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.not_before = rcgen::date_time_ymd(2000, 1, 1);
        params.not_after = rcgen::date_time_ymd(until, 12, 31);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self { der: certificate.der().to_vec(), key: key.serialize_der() }
    }

    fn config(&self) -> Arc<ServerConfig> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let key = PrivateKeyDer::try_from(self.key.clone()).unwrap();
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![self.der.clone().into()], key);
        Arc::new(config.unwrap())
    }
}

/// A host that runs until the test ends.
pub(crate) struct Host {
    pub(crate) port: u16,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Host {
    /// After a request was read, `act` does the rest.
    pub(crate) fn new(identity: &Identity, act: impl Fn(&mut Way) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (notes, config) = (Arc::clone(&heard), identity.config());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                notes.lock().unwrap().push(String::new());
                let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
                let mut way = StreamOwned::new(connection, stream.unwrap());
                let mut request = String::new();
                let mut reader = BufReader::new(&mut way);
                while reader.read_line(&mut request).is_ok_and(|n| n > 2) {}
                if request.ends_with("\r\n\r\n") {
                    *notes.lock().unwrap().last_mut().unwrap() = request;
                    act(&mut way);
                }
            }
        });
        Self { port, heard }
    }

    /// A host that gives one answer, and then says goodbye properly.
    pub(crate) fn answering(identity: &Identity, answer: String) -> Self {
        Self::new(identity, move |way| {
            let _ = way.write_all(answer.as_bytes());
            way.conn.send_close_notify();
            let _ = way.flush();
        })
    }

    /// Every request so far, head only; a connection without a request is an empty text.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}
