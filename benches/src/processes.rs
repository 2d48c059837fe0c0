//! Processes: what another process has used of the processor, and asking it the same question many times.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

/// `sysconf(_SC_CLK_TCK)` on every Linux that there is.
const TICKS_PER_SECOND: f64 = 100.0;

/// Seconds of user and system time so far (`proc_pid_stat(5)`, fields 14 and 15).
pub(crate) fn cpu_seconds(pid: u32) -> Option<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, after_name) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks: f64 = [11, 12].iter().filter_map(|&n| fields.get(n)?.parse::<f64>().ok()).sum();
    Some(ticks / TICKS_PER_SECOND)
}

/// Sends the same request over one kept connection; every answer must begin with `HTTP/1.1 200`.
pub(crate) fn ask(address: &str, request: &str, times: u32) -> Result<(), String> {
    let mut stream = TcpStream::connect(address).map_err(|error| error.to_string())?;
    stream.set_nodelay(true).map_err(|error| error.to_string())?;
    let mut answer = Vec::new();
    let mut buffer = [0_u8; 8192];
    for _ in 0..times {
        stream.write_all(request.as_bytes()).map_err(|error| error.to_string())?;
        answer.clear();
        while !is_whole(&answer) {
            let read = stream.read(&mut buffer).map_err(|error| error.to_string())?;
            if read == 0 {
                return Err("the connection was closed".into());
            }
            answer.extend_from_slice(buffer.get(..read).unwrap_or_default());
        }
        if !answer.starts_with(b"HTTP/1.1 200") {
            return Err(String::from_utf8_lossy(&answer).into_owned());
        }
    }
    Ok(())
}

fn is_whole(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length =
        head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:").map(str::to_owned));
    length.and_then(|length| length.trim().parse::<usize>().ok()).is_none_or(|length| body.len() >= length)
}
