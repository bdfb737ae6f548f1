//! Times as people find them in a player.

/// Milliseconds as `1:02:03.4`, or `2:03.4` within the first hour.
pub fn time_code(milliseconds: u64) -> String {
    let tenths = (milliseconds + 50) / 100;
    let (seconds, tenth) = (tenths / 10, tenths % 10);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}.{tenth}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}.{tenth}"),
    }
}

#[cfg(test)]
mod tests {
    use super::time_code;

    #[test]
    fn they_read_as_in_a_player() {
        assert_eq!(time_code(0), "0:00.0");
        assert_eq!(time_code(723_449), "12:03.4");
        assert_eq!(time_code(3_599_960), "1:00:00.0");
    }
}
