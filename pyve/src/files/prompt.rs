//! What the shell's prompt shows of an environment: a text that no shell can take for code.

/// The prefix as `PYVE_PROMPT_PREFIX` holds it: `format` with `{backend}` and `{env_name}` filled in.
/// Letters with which a prompt could start a command, or trick the eye, become `_`: people put the
/// variable into prompts of their own, where it may be expanded again.
pub fn prefix(format: &str, backend: &str, env_name: &str) -> String {
    let mut text = String::new();
    let mut rest = format;
    while let Some(open) = rest.find('{') {
        text.push_str(&rest[..open]);
        rest = &rest[open..];
        let known = [("{backend}", backend), ("{env_name}", env_name)];
        match known.iter().find(|(name, _)| rest.starts_with(name)) {
            Some((name, value)) => {
                text.push_str(value);
                rest = &rest[name.len()..];
            }
            None => {
                text.push('{');
                rest = &rest[1..];
            }
        }
    }
    text.push_str(rest);
    text.chars().map(|letter| if is_harmless(letter) { letter } else { '_' }).collect()
}

fn is_harmless(letter: char) -> bool {
    let turns_direction = matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !letter.is_control() && !turns_direction && !"$`\\%!".contains(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_filled_in_once() {
        assert_eq!(prefix("({backend}:{env_name})", "b", "my project"), "(b:my project)");
        assert_eq!(prefix("[{env_name}] {other} {", "b", "{backend}"), "[{backend}] {other} {");
    }

    #[test]
    fn nothing_in_it_can_run() {
        assert_eq!(prefix("{env_name}", "b", "$(id)`id`\\u%n!x\n\x1b[0m\u{202e}é"), "_(id)_id__u_n_x__[0m_é");
    }
}
