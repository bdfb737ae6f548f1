//! A longer way to a server: passes connections on, with latency and a bandwidth that they share.
//!
//!     shaping_proxy HOST:PORT FILE LATENCY MBIT
//!
//! LATENCY is that of a round trip in milliseconds; MBIT is what the line carries in a second in each
//! direction, 0 for as much as it can. Writes its own address into FILE. A connection takes a round trip to be
//! made, and has at most a window of bytes on its way, as a kernel's would; how a window opens is left out.
//! A file of its own, for `rustc -O`: what it takes of the cores, the tools that are measured lack.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};

/// Bytes that are read at once.
const PIECE: usize = 64 << 10;
/// Pieces that a connection has on its way: 4 MiB.
const WINDOW: usize = 64;

/// One direction: what is put on it takes its time, one after the other.
struct Line {
    free: Mutex<Instant>,
    one_way: Duration,
    bytes_a_second: f64,
}

impl Line {
    fn arrival(&self, bytes: usize) -> Instant {
        let mut free = self.free.lock().unwrap();
        *free = (*free).max(Instant::now());
        if self.bytes_a_second > 0.0 {
            *free += Duration::from_secs_f64(bytes as f64 / self.bytes_a_second);
        }
        *free + self.one_way
    }
}

fn arrive(on_the_way: Receiver<(Instant, Vec<u8>)>, mut to: TcpStream) {
    for (at, piece) in on_the_way {
        sleep(at.saturating_duration_since(Instant::now()));
        if to.write_all(&piece).is_err() {
            return;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

fn carry(mut from: TcpStream, to: TcpStream, line: Arc<Line>) {
    let (send, on_the_way) = sync_channel(WINDOW);
    let arriving = spawn(move || arrive(on_the_way, to));
    let mut buffer = vec![0; PIECE];
    while let Ok(bytes @ 1..) = from.read(&mut buffer) {
        if send.send((line.arrival(bytes), buffer[..bytes].to_vec())).is_err() {
            break;
        }
    }
    // The end travels like all else.
    let _ = send.send((line.arrival(0), Vec::new()));
    drop(send);
    let _ = arriving.join();
}

fn main() -> io::Result<()> {
    let [_, server, file, latency, mbit] = &std::env::args().collect::<Vec<_>>()[..] else {
        return Err(io::Error::other("shaping_proxy HOST:PORT FILE LATENCY MBIT"));
    };
    let one_way = Duration::from_secs_f64(latency.parse::<f64>().unwrap() / 2000.0);
    let bytes_a_second = mbit.parse::<f64>().unwrap() * 125_000.0;
    let line = || Arc::new(Line { free: Mutex::new(Instant::now()), one_way, bytes_a_second });
    let (there, back) = (line(), line());
    let listener = TcpListener::bind("127.0.0.1:0")?;
    std::fs::write(file, format!("http://{}\n", listener.local_addr()?))?;
    for client in listener.incoming() {
        let (server, there, back) = (server.clone(), there.clone(), back.clone());
        spawn(move || -> io::Result<()> {
            let client = client?;
            sleep(2 * one_way);
            let server = TcpStream::connect(server)?;
            for stream in [&client, &server] {
                stream.set_nodelay(true)?;
            }
            let (from_client, to_server) = (client.try_clone()?, server.try_clone()?);
            spawn(move || carry(from_client, to_server, there));
            carry(server, client, back);
            Ok(())
        });
    }
    Ok(())
}
