//! How long it takes until a silent server is taken for dead, in seconds.
//!
//! Sources: TORQUE 2.4's lock thread, Slurm's `slurmctld/backup.c`, OpenPBS's
//! `server/failover.c`, RFC 3768, corosync.conf(5); derived by arithmetic where a range is given.

use crate::failover::{node_detection_ms, vrrp_detection_ms};
use crate::model::service::{Detector, Interval};
use crate::model::{HeartbeatPolicy, HeartbeatStack};

/// How a server falls silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// Its process is gone, and its host says so to whoever asks.
    Process,
    /// Its host is gone: nobody answers.
    Host,
}

/// Time from the failure until `detector` takes the server for dead, in a cluster of so many nodes.
#[must_use]
pub fn latency(detector: &Detector, silence: Silence, nodes: usize) -> Interval {
    match detector {
        Detector::LockPoll { poll_s, lease_s } => {
            let lease = if silence == Silence::Host { *lease_s } else { 0.0 };
            Interval::between(0.0, *poll_s).later(lease)
        }
        Detector::StaleFile { touch_s, stale_s, poll_s } => {
            stale_file(*touch_s, *stale_s, *poll_s, 0.0)
        }
        Detector::MissedBeats { interval_s, count } => {
            Interval::exact(interval_s * f64::from(*count))
        }
        Detector::Token { token_s } => token(*token_s, nodes),
        Detector::Advertisements { interval_s, priority } => advertisements(*interval_s, *priority),
        Detector::PingVeto { timeout_s, heartbeat_s, message_s } => {
            let delay = if silence == Silence::Host { *message_s } else { 0.0 };
            ping_veto(*timeout_s, delay, *heartbeat_s)
        }
        Detector::Handshake { delay_s, poll_s, silence_s, veto_s, touch_s } => {
            let crash = Interval::between(0.0, *poll_s).later(delay_s + poll_s);
            match silence {
                Silence::Process => crash,
                Silence::Host => {
                    (crash + Interval::between(-touch_s, 0.0)).later(silence_s + veto_s)
                }
            }
        }
    }
}

/// A file that is touched every `touch` s, stale at an age of `stale` s and looked at every `poll` s
/// by a clock that is `skew` s ahead: between stale − touch − skew and stale + poll − skew.
#[must_use]
pub fn stale_file(touch: f64, stale: f64, poll: f64, skew: f64) -> Interval {
    Interval::between(stale - touch, stale + poll).later(-skew)
}

/// Skew of the standby's clock from which a detector takes a server that is well for dead: stale −
/// touch. None where no clocks are compared.
#[must_use]
pub fn skew_limit_s(detector: &Detector) -> Option<f64> {
    match detector {
        Detector::StaleFile { touch_s, stale_s, .. } => Some((stale_s - touch_s).max(0.0)),
        _ => None,
    }
}

/// Pings every P = ⌊T/3⌋ s, of which one fails after `delay` s, and a heartbeat file that is written
/// every H = min(T/4, `heartbeat`) s. At the ping k ≥ 2 after the last good one the standby takes
/// over if k·P + delay − max(0, age of the file then) exceeds T.
///
/// With the failure x s after the last good ping, uniform in (0, P], and the file written h s before
/// it, uniform in [0, H): the first k at which this can hold is that where k·P + delay > T. It holds
/// there if x − h < m = k·P + delay − T, else one ping later.
#[must_use]
pub fn ping_veto(timeout: f64, delay: f64, heartbeat: f64) -> Interval {
    let period = (timeout / 3.0).floor().max(1.0);
    let beat = (timeout / 4.0).min(heartbeat);
    let first = (((timeout - delay) / period).floor() + 1.0).max(2.0);
    let at = first * period + delay;
    let margin = at - timeout;
    if margin >= period {
        return Interval { min: at - period, mean: at - period / 2.0, max: at };
    }
    let unsure = (period - margin).min(beat);
    let doubtful = if beat > 0.0 { unsure * unsure / (2.0 * beat) } else { 0.0 };
    let share = (margin + unsure - doubtful) / period;
    Interval {
        min: at - (margin + beat).min(period),
        mean: at + period - period / 2.0 - period * share,
        max: at + period - margin,
    }
}

fn token(token_s: f64, nodes: usize) -> Interval {
    let heartbeat = HeartbeatPolicy {
        stack: Some(HeartbeatStack::Corosync),
        token_ms: Some(milliseconds(token_s)),
        ..HeartbeatPolicy::default()
    };
    Interval::exact(seconds(node_detection_ms(&heartbeat, nodes).unwrap_or_default()))
}

/// Between the highest and the lowest priority that a backup may have, where it is not known.
fn advertisements(interval_s: f64, priority: Option<u8>) -> Interval {
    let of = |priority| seconds(vrrp_detection_ms(milliseconds(interval_s), priority));
    match priority {
        Some(priority) => Interval::exact(of(priority)),
        None => Interval::between(of(254), of(1)),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "cut to what 32 bits hold; no profile states negative times"
)]
fn milliseconds(seconds: f64) -> u32 {
    (seconds * 1000.0).round() as u32
}

#[expect(clippy::cast_precision_loss, reason = "times stay far below 2^53 ms")]
fn seconds(ms: u64) -> f64 {
    ms as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: Interval, [min, mean, max]: [f64; 3]) {
        let wanted = Interval { min, mean, max };
        let pairs = [(found.min, min), (found.mean, mean), (found.max, max)];
        assert!(pairs.iter().all(|(a, b)| (a - b).abs() < 1e-9), "{found:?} is not {wanted:?}");
    }

    #[test]
    fn a_stale_file_is_noticed_between_its_age_and_the_next_look() {
        near(stale_file(3.0, 9.0, 9.0, 0.0), [6.0, 12.0, 18.0]);
        near(stale_file(3.0, 9.0, 9.0, 4.0), [2.0, 8.0, 14.0]);
        near(stale_file(3.0, 9.0, 9.0, 6.0), [0.0, 6.0, 12.0]);
        let file = Detector::StaleFile { touch_s: 3.0, stale_s: 9.0, poll_s: 9.0 };
        assert_eq!(skew_limit_s(&file), Some(6.0));
        assert_eq!(skew_limit_s(&Detector::LockPoll { poll_s: 1.0, lease_s: 90.0 }), None);
    }

    #[test]
    fn slurm_takes_over_as_its_source_says() {
        near(ping_veto(120.0, 0.0, 30.0), [120.0, 140.0, 160.0]);
        near(ping_veto(30.0, 0.0, 30.0), [30.0, 35.0, 40.0]);
        near(ping_veto(120.0, 10.0, 30.0), [90.0, 125.0, 160.0]);
        // Any delay of a dead host's ping gives the same bounds.
        near(ping_veto(120.0, 3.0, 30.0), [90.0, ping_veto(120.0, 3.0, 30.0).mean, 160.0]);
    }

    /// Plays the decision ping by ping for phases on a grid.
    fn played(timeout: f64, delay: f64) -> Interval {
        let (period, beat) = ((timeout / 3.0).floor(), (timeout / 4.0).min(30.0));
        let (mut sum, mut all) = (0.0, Vec::new());
        for x in 0..400 {
            for h in 0..300 {
                let x = period * (f64::from(x) + 0.5) / 400.0;
                let h = beat * (f64::from(h) + 0.5) / 300.0;
                let since = (x - h).max(0.0);
                let decides = |k: &i32| f64::from(*k) * period + delay - since > timeout;
                let k = (2..9).find(decides).unwrap();
                let latency = f64::from(k) * period + delay - x;
                sum += latency;
                all.push(latency);
            }
        }
        let min = all.iter().copied().fold(f64::INFINITY, f64::min);
        let max = all.iter().copied().fold(0.0, f64::max);
        Interval { min, mean: sum / 120_000.0, max }
    }

    #[test]
    fn the_closed_form_agrees_with_the_decision_played_ping_by_ping() {
        for timeout in [30.0, 60.0, 100.0, 120.0, 121.0, 300.0] {
            for delay in [0.0, 1.0, 3.0, 10.0] {
                let (found, wanted) = (ping_veto(timeout, delay, 30.0), played(timeout, delay));
                let near = |a: f64, b: f64| (a - b).abs() < 0.01 * timeout;
                let agree = near(found.min, wanted.min) && near(found.max, wanted.max);
                let mean = (found.mean - wanted.mean).abs() < 0.1;
                assert!(agree && mean, "{timeout} {delay}: {found:?} {wanted:?}");
            }
        }
    }

    #[test]
    fn openpbs_adds_silence_and_veto_when_the_host_is_gone() {
        let openpbs = Detector::Handshake {
            delay_s: 30.0,
            poll_s: 1.0,
            silence_s: 10.0,
            veto_s: 8.0,
            touch_s: 5.0,
        };
        near(latency(&openpbs, Silence::Process, 2), [31.0, 31.5, 32.0]);
        near(latency(&openpbs, Silence::Host, 2), [44.0, 47.0, 50.0]);
    }

    #[test]
    fn vrrp_and_corosync_are_those_of_networks() {
        let vrrp = |priority| Detector::Advertisements { interval_s: 1.0, priority };
        near(latency(&vrrp(Some(100)), Silence::Host, 2), [3.609, 3.609, 3.609]);
        near(latency(&vrrp(Some(254)), Silence::Host, 2), [3.008, 3.008, 3.008]);
        let any = latency(&vrrp(None), Silence::Host, 2);
        assert!(any.min > 3.0 && any.max < 4.0, "{any:?}");
        let corosync = Detector::Token { token_s: 3.0 };
        for (nodes, s) in [(2, 6.65), (3, 8.08), (4, 9.51), (8, 15.23), (32, 49.55)] {
            near(latency(&corosync, Silence::Host, nodes), [s, s, s]);
        }
        let wsfc = Detector::MissedBeats { interval_s: 1.0, count: 5 };
        near(latency(&wsfc, Silence::Host, 2), [5.0, 5.0, 5.0]);
    }

    #[test]
    fn a_lock_is_free_at_once_or_after_the_lease() {
        let lock = Detector::LockPoll { poll_s: 1.0, lease_s: 90.0 };
        near(latency(&lock, Silence::Process, 2), [0.0, 0.5, 1.0]);
        near(latency(&lock, Silence::Host, 2), [90.0, 90.5, 91.0]);
    }
}
