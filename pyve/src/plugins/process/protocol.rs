//! What pyve and the process of a plugin say to each other: a line of JSON each.

use std::path::{Path, PathBuf};

use pyve_plugin_api::{
    Command, ErrorBody, Extension, Level, LockRequest, OsText, Output, PythonSearch, PythonSpec, Question, Remedy,
    Request, Requirements, Tool,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A question of the contract, with what it is about. The name stands around that, not in it: to look for a name inside, each type
/// would be read by a second reader.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    Describe,
    Detect { project: OsText },
    EnsureTool { request: Request },
    Create { request: Request, tool: Tool },
    Run { request: Request },
    Diagnose { request: Request },
    Inspect { request: Request },
    Update { request: Request, tool: Tool },
    Lock { request: Request, lock: LockRequest },
    Requirements { request: Request },
    Adopt { request: Request, from: Requirements },
    Packages { request: Request },
    Environments { request: Request },
}

impl Call {
    pub fn detect(project: &Path) -> Self {
        Self::Detect { project: project.into() }
    }

    /// The project that it is about; nothing for the one that is about none.
    pub fn project(&self) -> PathBuf {
        match self {
            Self::Describe => PathBuf::new(),
            Self::Detect { project } => project.path().into_owned(),
            Self::EnsureTool { request }
            | Self::Create { request, .. }
            | Self::Run { request }
            | Self::Diagnose { request }
            | Self::Inspect { request }
            | Self::Update { request, .. }
            | Self::Lock { request, .. }
            | Self::Requirements { request }
            | Self::Adopt { request, .. }
            | Self::Packages { request }
            | Self::Environments { request } => request.project().into_owned(),
        }
    }

    /// Which question of the contract it is.
    pub fn kind(&self) -> Question {
        match self {
            Self::Describe => Question::Describe,
            Self::Detect { .. } => Question::Detect,
            Self::EnsureTool { .. } => Question::EnsureTool,
            Self::Create { .. } => Question::Create,
            Self::Run { .. } => Question::Run,
            Self::Diagnose { .. } => Question::Diagnose,
            Self::Inspect { .. } => Question::Inspect,
            Self::Update { .. } => Question::Update,
            Self::Lock { .. } => Question::Lock,
            Self::Requirements { .. } => Question::Requirements,
            Self::Adopt { .. } => Question::Adopt,
            Self::Packages { .. } => Question::Packages,
            Self::Environments { .. } => Question::Environments,
        }
    }
}

/// The answer to [`Call::Describe`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Introduction<D> {
    pub api_version: String,
    pub description: D,
}

/// What pyve says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToPlugin {
    Call(Box<Call>),
    Variable(Option<OsText>),
    Programs(Vec<OsText>),
    Captured(Result<Captured, ErrorBody>),
    Python(Box<Result<PythonSearch, ErrorBody>>),
    Sha256(Result<String, ErrorBody>),
}

/// What the process says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FromPlugin {
    /// The part that begins: `dlopen`, `hello`, `new`, or the question.
    Calling(String),
    Log(Level, String),
    Progress(String),
    /// [`pyve_plugin_api::Host::variable`]; this and the next four wait for pyve.
    Variable(String),
    Programs(String),
    Capture(Command),
    Python(PythonSpec),
    Sha256(OsText),
    /// Whether the library has started a process of its own, and what it changed in its own: said before an answer where
    /// it is watched.
    Traces {
        started: bool,
        changed: Vec<String>,
    },
    Answer(Value),
    /// The error that the backend returned.
    Error(ErrorBody),
    /// The library gives no backend.
    Refused {
        why: String,
        details: Vec<String>,
        remedy: Box<Remedy>,
    },
}

/// [`Output`] in a form that can be written down.
#[derive(Debug, Serialize, Deserialize)]
pub struct Captured {
    code: i32,
    stdout: Bytes,
    stderr: Bytes,
    #[serde(default)]
    extension: Extension,
}

/// Bytes, as text where they are text.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Bytes {
    Text(String),
    Raw(Vec<u8>),
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Text(text.to_owned()),
            Err(_) => Self::Raw(bytes.to_vec()),
        }
    }
}

impl From<Bytes> for Vec<u8> {
    fn from(bytes: Bytes) -> Self {
        match bytes {
            Bytes::Text(text) => text.into_bytes(),
            Bytes::Raw(bytes) => bytes,
        }
    }
}

impl From<Output> for Captured {
    fn from(output: Output) -> Self {
        let (stdout, stderr) = (output.stdout.as_slice().into(), output.stderr.as_slice().into());
        Self { code: output.code, stdout, stderr, extension: output.extension }
    }
}

impl From<Captured> for Output {
    fn from(captured: Captured) -> Self {
        Self {
            code: captured.code,
            stdout: Vec::from(captured.stdout).into(),
            stderr: Vec::from(captured.stderr).into(),
            extension: captured.extension,
        }
    }
}

/// A message as the line that carries it.
pub fn line(message: &impl Serialize) -> Vec<u8> {
    let mut text = serde_json::to_vec(message).unwrap_or_default();
    text.push(b'\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_command_wrote_comes_through_as_it_was() {
        for bytes in [&b"text\n"[..], b"", b"\xff\0\n\"", "ñ".as_bytes()] {
            let output = Output { code: 3, stdout: bytes.to_vec().into(), ..Output::default() };
            let said = line(&ToPlugin::Captured(Ok(output.clone().into())));
            assert_eq!(said.iter().filter(|byte| **byte == b'\n').count(), 1);
            let Ok(ToPlugin::Captured(Ok(heard))) = pyve_formats::json::read(&said) else { panic!("{said:?}") };
            assert_eq!(Output::from(heard), output);
        }
    }
}
