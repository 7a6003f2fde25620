//! The whole way to a sound card: a passage is played into a PulseAudio sink that is no card, and what arrives there is the passage.
#![cfg(target_os = "linux")]
// Helpers of tests fail as tests do: by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use plumbline::audio::Block;
use plumbline::audition::{Device, Engine, Event, Gains, Listening, Side};
use plumbline::chain::Settings;
use plumbline::encode::{Depth, Dither, Format, Overwrite, Spec, Writer};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

const RATE: u32 = 48_000;
const START_S: f64 = 2.0;
const SECONDS: f64 = 2.0;
const GAIN_DB: f64 = -6.0;
/// Bar for levels: within 0.2 LU.
const LEVEL_DB: f64 = 0.2;
/// Pieces of the passage, in frames: long enough to be unmistakable, short enough to search, one every tenth of a second.
const PIECE: usize = 1000;
const PIECE_STEP: usize = 4800;
const PIECES: usize = 16;
/// How far from its place a piece is looked for, in frames.
const PIECE_REACH: usize = 4800;
/// Says to this test, run as a process of its own, which file to play.
const PLAY: &str = "PLUMBLINE_TEST_PLAY";

/// Noise that is nowhere like anywhere else.
fn music() -> Vec<f64> {
    let (mut state, mut low) = (11u64, 0.0f64);
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        low += 0.2 * ((state >> 40) as f64 / 8_388_608.0 - 1.0 - low);
        low
    };
    (0..6 * RATE).map(|_| next()).collect()
}

fn write(path: &Path) {
    let spec = Spec { format: Format::Wav, depth: Depth::Int24, sample_rate: RATE, channels: 2, dither: Dither::None, frames: None };
    let mut writer = Writer::create(path, spec, Overwrite::Allow, &[]).unwrap();
    writer.write(&Block::from_channels(vec![music(), music()])).unwrap();
    writer.finish().unwrap();
}

/// A process that ends with the test.
struct Ending(Child);

impl Drop for Ending {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Sink {
    folder: PathBuf,
    _server: Ending,
}

impl Sink {
    /// A sound server of our own; none, with the reason, where there cannot be one.
    fn start(folder: &Path) -> Result<Self, String> {
        let socket = folder.join("native");
        let script = format!(
            "load-module module-native-protocol-unix socket={}\nload-module module-null-sink sink_name=nullout rate={RATE} channels=2\nset-default-sink nullout\n",
            socket.display()
        );
        let commands = folder.join("null.pa");
        std::fs::write(&commands, script).unwrap();
        let log = File::create(folder.join("log")).unwrap();
        let server = Command::new("pulseaudio")
            .args(["-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--log-level=error", "-F"])
            .arg(&commands)
            .env("PULSE_RUNTIME_PATH", folder)
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(|e| format!("PulseAudio is not installed ({e})"))?;
        let sink = Self { folder: folder.to_owned(), _server: Ending(server) };
        let begun = Instant::now();
        while !socket.exists() {
            if begun.elapsed() > Duration::from_secs(20) {
                return Err("PulseAudio does not start here".into());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(sink)
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env("PULSE_RUNTIME_PATH", &self.folder).env("PULSE_SERVER", format!("unix:{}/native", self.folder.display()));
        command
    }

    /// Records what arrives.
    fn record(&self, into: File) -> Result<Ending, String> {
        let mut parec = self.command("parec");
        parec
            .args(["-d", "nullout.monitor", "--format=float32le", "--channels=2", "--latency-msec=20", "--raw"])
            .arg(format!("--rate={RATE}"));
        parec.stdout(into).stderr(Stdio::null()).spawn().map(Ending).map_err(|e| format!("parec is not installed ({e})"))
    }
}

/// Plays the passage, as the app would.
fn play(path: &Path) {
    let (tell, told) = mpsc::channel();
    let engine = Engine::start(move |event| tell.send(event).unwrap());
    engine.set_gains(&Gains { a_db: GAIN_DB, ..Gains::default() });
    engine.open(&Listening { mix: path.to_owned(), settings: Settings::default(), references: Vec::new() }).unwrap();
    let wait = Instant::now();
    while engine.sound().device != Device::Ready {
        assert!(wait.elapsed() < Duration::from_secs(20), "{:?}", engine.sound());
        std::thread::sleep(Duration::from_millis(20));
    }
    engine.listen(Side::A);
    engine.seek(START_S);
    engine.play().unwrap();
    std::thread::sleep(Duration::from_secs_f64(SECONDS));
    let meters = engine.meters();
    engine.pause();
    std::thread::sleep(Duration::from_millis(500));
    let position = engine.position_s();
    assert!((START_S + 0.3..START_S + SECONDS + 0.6).contains(&position), "{position}");
    assert!(meters.short_term_lufs.is_finite() && meters.playing, "{meters:?}");
    let sound = engine.sound();
    assert_eq!(sound.underruns, 0, "{sound:?}");
    assert!(!sound.resampled, "{sound:?}");
    engine.close();
    assert!(told.try_iter().any(|event| event == Event::Playing(true)));
}

/// Where in `whole` the piece lies best, and how much of it that explains, 0 to 1.
fn find(whole: &[f64], piece: &[f64]) -> (usize, f64) {
    let norm = |x: &[f64]| x.iter().map(|v| v * v).sum::<f64>().sqrt();
    let like = |at: &usize| {
        let there = &whole[*at..*at + piece.len()];
        there.iter().zip(piece).map(|(a, b)| a * b).sum::<f64>() / (norm(there) * norm(piece)).max(1e-12)
    };
    let at = (0..whole.len() - piece.len()).max_by(|a, b| like(a).total_cmp(&like(b))).unwrap();
    (at, like(&at))
}

#[test]
fn a_passage_arrives_at_the_sink_at_its_level() {
    if let Some(path) = std::env::var_os(PLAY) {
        return play(Path::new(&path));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mix.wav");
    write(&path);
    let recorded = folder.path().join("recorded");
    let sink = match Sink::start(folder.path()).and_then(|sink| sink.record(File::create("/dev/null").unwrap()).map(|idle| (sink, idle))) {
        Ok((sink, idle)) => {
            // A sink that nobody listens to sleeps.
            std::thread::sleep(Duration::from_millis(2500));
            (sink, idle)
        }
        Err(reason) => {
            eprintln!("SKIPPED: {reason}");
            return;
        }
    };
    let recorder = sink.0.record(File::create(&recorded).unwrap()).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    let output = sink
        .0
        .command(std::env::current_exe().unwrap())
        .args(["a_passage_arrives_at_the_sink_at_its_level", "--exact", "--nocapture"])
        .env(PLAY, &path)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    drop(recorder);
    let bytes = std::fs::read(&recorded).unwrap();
    let left: Vec<f64> = bytes.as_chunks::<8>().0.iter().map(|f| f64::from(f32::from_le_bytes([f[0], f[1], f[2], f[3]]))).collect();
    let begins = left.iter().position(|x| x.abs() > 1e-4).expect("something arrives");
    let whole = music();
    let from = (START_S * f64::from(RATE)) as usize;
    let level = |x: &[f64]| 10.0 * (x.iter().map(|v| v * v).sum::<f64>() / x.len() as f64).log10();
    // Short pieces, each looked for near the place of the one before: a busy machine's sink drops sound, and what it drops is not ours.
    let (mut whole_pieces, mut expected) = (0, from + PIECE_STEP);
    for (step, heard) in left[begins + PIECE_STEP..].chunks_exact(PIECE_STEP).take(PIECES).enumerate() {
        let heard = &heard[..PIECE];
        let reach = expected.saturating_sub(PIECE_REACH);
        let (at, like) = find(&whole[reach..(expected + PIECE_REACH).min(whole.len())], heard);
        if like < 0.999 {
            expected += PIECE_STEP;
            continue;
        }
        let at = reach + at;
        let difference = level(heard) - level(&whole[at..at + PIECE]) - GAIN_DB;
        assert!(difference.abs() < LEVEL_DB, "piece {step}: {difference} dB apart");
        if whole_pieces == 0 {
            let begun = at as i64 - ((step + 1) * PIECE_STEP + from) as i64;
            assert!(begun.abs() < 480 * (step as i64 + 1), "it begins at the passage: {begun} frames beside it");
        }
        whole_pieces += 1;
        expected = at + PIECE_STEP;
    }
    assert!(whole_pieces * 4 > PIECES * 3, "only {whole_pieces} of {PIECES} pieces of the passage arrive whole");
}
