//! The field's files, read with care: what pyve's host, its backends and plugins share and none of them owns.
//!
//! Whatever lies in a project came from somebody else. A name such as `pyproject.toml` promises a small regular
//! file; [`read`] holds it to that before a byte is parsed. This crate knows neither the host nor a backend.

#![deny(missing_docs)]

pub mod activate;
pub mod dist_info;
pub mod pyproject;
pub mod python_name;
pub mod python_version;
pub mod pyvenv_cfg;
pub mod read;
pub mod requirement;
pub mod requirements;
pub mod scripts;
pub mod sha256;
pub mod shebang;
mod shell_word;
pub mod toml_file;
pub mod yaml;
