//! PEM: PKCS#8 private keys between their two lines (RFC 7468 §10).
//!
//! Reads the first block with the label `PRIVATE KEY`; writes one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject as _;
use zeroize::Zeroizing;

const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";

/// RFC 7468 §2.
const LINE_CHARS: usize = 64;

pub(super) fn read(bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let key = PrivatePkcs8KeyDer::from_pem_slice(bytes).ok()?;
    Some(Zeroizing::new(key.secret_pkcs8_der().to_vec()))
}

pub(super) fn write(der: &[u8]) -> Zeroizing<Vec<u8>> {
    let body = Zeroizing::new(STANDARD.encode(der));
    // As large as it gets, so that growing leaves no copy behind.
    let mut out = Zeroizing::new(Vec::with_capacity(2 * body.len() + BEGIN.len() + END.len() + 2));
    out.extend_from_slice(BEGIN.as_bytes());
    for line in body.as_bytes().chunks(LINE_CHARS) {
        out.push(b'\n');
        out.extend_from_slice(line);
    }
    out.push(b'\n');
    out.extend_from_slice(END.as_bytes());
    out.push(b'\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let der: Vec<u8> = (0..=200).collect();
        assert_eq!(*read(&write(&der)).unwrap(), der);
        for bad in [
            "",
            BEGIN,
            END,
            "-----BEGIN PRIVATE KEY-----\n*\n-----END PRIVATE KEY-----",
            "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----",
        ] {
            assert!(read(bad.as_bytes()).is_none(), "{bad}");
        }
    }
}
