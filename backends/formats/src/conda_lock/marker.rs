//! Markers of requirements (PEP 508) as conda-lock decides them before it knows a Python: by the platform alone.

use super::dependency::split_platform;

/// Whether what bears the marker is wanted on `platform`. What the platform does not tell counts as true.
pub(super) fn applies(marker: &str, platform: &str) -> bool {
    let tokens = tokens(marker);
    let mut reader = Reader { tokens: &tokens, at: 0, platform };
    reader.any()
}

/// Words, texts with their quote before them, operators and brackets.
fn tokens(marker: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = marker.trim_start();
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '(' | ')' => 1,
            '\'' | '"' => rest[1..].find(first).map_or(rest.len(), |at| at + 2),
            _ if "<>=!~".contains(first) => rest.find(|c| !"<>=!~".contains(c)).unwrap_or(rest.len()),
            _ => rest.find(|c: char| c.is_whitespace() || "()<>=!~'\"".contains(c)).unwrap_or(rest.len()),
        };
        let (token, left) = rest.split_at(end);
        tokens.push(if matches!(first, '\'' | '"') {
            token.trim_end_matches(first).to_owned()
        } else {
            token.to_owned()
        });
        rest = left.trim_start();
    }
    tokens
}

struct Reader<'a> {
    tokens: &'a [String],
    at: usize,
    platform: &'a str,
}

impl Reader<'_> {
    fn next_is(&mut self, word: &str) -> bool {
        let is_next = self.tokens.get(self.at).is_some_and(|token| token == word);
        self.at += usize::from(is_next);
        is_next
    }

    fn any(&mut self) -> bool {
        let mut found = self.all();
        while self.next_is("or") {
            found |= self.all();
        }
        found
    }

    fn all(&mut self) -> bool {
        let mut found = self.one();
        while self.next_is("and") {
            found &= self.one();
        }
        found
    }

    fn one(&mut self) -> bool {
        if self.next_is("(") {
            let found = self.any();
            self.next_is(")");
            return found;
        }
        let mut take = || {
            self.at += 1;
            self.tokens.get(self.at - 1).cloned().unwrap_or_default()
        };
        let (left, mut operator) = (take(), take());
        if operator == "not" {
            operator = format!("not {}", take());
        }
        let right = take();
        let is_text = |token: &str| token.starts_with(['\'', '"']);
        let (name, text, text_is_left) = if is_text(&left) { (right, left, true) } else { (left, right, false) };
        let Some(value) = value(&name, self.platform) else { return true };
        let text = text.get(1..).unwrap_or_default();
        let (outer, inner) = if text_is_left { (value, text) } else { (text, value) };
        match operator.as_str() {
            "==" | "===" => value == text,
            "!=" => value != text,
            "in" => outer.contains(inner),
            "not in" => !outer.contains(inner),
            _ => true,
        }
    }
}

/// What the platform tells; `None` for what only a Python tells.
fn value(name: &str, platform: &str) -> Option<&'static str> {
    let (system, _) = split_platform(platform);
    match (name, system) {
        ("sys_platform", "linux") => Some("linux"),
        ("sys_platform", "osx") => Some("darwin"),
        ("sys_platform", "win") => Some("win32"),
        ("platform_system", "linux") => Some("Linux"),
        ("platform_system", "osx") => Some("Darwin"),
        ("platform_system", "win") => Some("Windows"),
        ("os_name", "win") => Some("nt"),
        ("os_name", "linux" | "osx") => Some("posix"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::applies;

    #[test]
    fn platforms_decide_and_the_rest_is_true() {
        for (marker, on_linux, on_windows) in [
            ("sys_platform == 'win32'", false, true),
            ("sys_platform!=\"win32\"", true, false),
            ("'linux' in sys_platform", true, false),
            ("sys_platform not in 'linux darwin'", false, true),
            ("os_name == 'nt' or platform_system == 'Linux'", true, true),
            ("os_name == 'nt' and python_version < '3'", false, true),
            ("python_version < '0' and implementation_name == 'q'", true, true),
            ("(os_name == 'nt' or os_name == 'posix') and platform_system == 'Linux'", true, false),
        ] {
            assert_eq!((applies(marker, "linux-64"), applies(marker, "win-64")), (on_linux, on_windows), "{marker}");
        }
    }
}
