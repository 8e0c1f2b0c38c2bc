//! Throws damaged input at every reader that strangers can reach.
//!
//! `fuzz list`, `fuzz run TARGET|all [--seconds N] [--seed S]`, `fuzz repeat TARGET FILE`.

mod random;
mod targets;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use random::Random;
use targets::{TARGETS, Target};

const USAGE: &str =
    "usage: fuzz list | run TARGET|all [--seconds N] [--seed S] | repeat TARGET FILE";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["list"] => {
            TARGETS.iter().for_each(|target| println!("{:8} {}", target.name, target.about));
            ExitCode::SUCCESS
        }
        ["run", name, options @ ..] => match (chosen(name), read_options(options)) {
            (Some(targets), Some((time, seed))) => run(&targets, time, seed),
            _ => usage(),
        },
        ["repeat", name, file] => match (chosen(name).as_deref(), std::fs::read(file)) {
            (Some([target]), Ok(bytes)) => {
                (target.prepare)(&mut |check| check(&bytes));
                println!("{name}: this input is fine");
                ExitCode::SUCCESS
            }
            _ => usage(),
        },
        _ => usage(),
    }
}

fn usage() -> ExitCode {
    eprintln!("{USAGE}");
    ExitCode::from(2)
}

fn chosen(name: &str) -> Option<Vec<&'static Target>> {
    let found: Vec<_> = TARGETS.iter().filter(|t| name == "all" || t.name == name).collect();
    (!found.is_empty()).then_some(found)
}

fn read_options(options: &[&str]) -> Option<(Duration, u64)> {
    let (mut seconds, mut seed) = (5, 1);
    for pair in options.chunks(2) {
        match pair {
            ["--seconds", number] => seconds = number.parse().ok()?,
            ["--seed", number] => seed = number.parse().ok()?,
            _ => return None,
        }
    }
    Some((Duration::from_secs(seconds), seed))
}

/// Runs the targets one after another; a failure of one does not keep the others from running.
fn run(targets: &[&Target], time: Duration, seed: u64) -> ExitCode {
    let mut failed = false;
    for target in targets {
        let mut failure = None;
        (target.prepare)(&mut |check| failure = hunt(target, check, time, seed));
        if let Some(input) = failure {
            failed = true;
            report(target.name, &input);
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Tries inputs until the time is over or one fails; gives the failing one, made smaller.
fn hunt(target: &Target, check: &dyn Fn(&[u8]), time: Duration, seed: u64) -> Option<Vec<u8>> {
    let seeds = (target.seeds)();
    let mut random = Random::new(seed);
    let start = Instant::now();
    let mut tries: u64 = 0;
    let fails = |input: &[u8]| catch_unwind(AssertUnwindSafe(|| check(input))).is_err();
    // Good input must be good, or damage to it shows nothing.
    let mut wrong = seeds.iter().find(|seed| fails(seed)).cloned();
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| ()));
    while wrong.is_none() && start.elapsed() < time {
        let input = random.damage(&seeds, target.words);
        tries += 1;
        if fails(&input) {
            wrong = Some(smaller(input, &fails));
        }
    }
    std::panic::set_hook(hook);
    let rate = tries as f64 / start.elapsed().as_secs_f64();
    println!("{:8} {tries} tries, {rate:.0} a second, seed {seed}", target.name);
    if let Some(input) = &wrong {
        // Once more, so that the message of the panic is seen.
        fails(input);
    }
    wrong
}

/// The input with everything left out that the failure does not need.
fn smaller(mut input: Vec<u8>, fails: &dyn Fn(&[u8]) -> bool) -> Vec<u8> {
    let mut size = input.len() / 2;
    while size > 0 {
        let mut at = 0;
        while at < input.len() {
            let mut less = input.clone();
            less.drain(at..(at + size).min(less.len()));
            if fails(&less) { input = less } else { at += size }
        }
        size /= 2;
    }
    input
}

/// Prints an input as hex and writes it to a file.
fn report(name: &str, input: &[u8]) {
    let hex: String = input.iter().map(|byte| format!("{byte:02x}")).collect();
    let sum = input.iter().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let file = format!("{}/failures/{name}-{sum:016x}", env!("CARGO_MANIFEST_DIR"));
    let written = std::fs::create_dir_all(concat!(env!("CARGO_MANIFEST_DIR"), "/failures"))
        .and_then(|()| std::fs::write(&file, input));
    eprintln!("{name} failed on {hex}");
    match written {
        Ok(()) => eprintln!("repeat it with: cargo run -- repeat {name} {file}"),
        Err(e) => eprintln!("the input could not be written: {e}"),
    }
}
