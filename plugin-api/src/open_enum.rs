//! Enumerations that may grow: a number with names, so that a value of a newer pyve is data and not undefined behaviour.

/// Declares an open enumeration over `u32` with a text for each known value.
///
/// A closed Rust `enum` cannot cross the ABI and grow: reading a discriminant it does not know is
/// undefined. Here an unknown value is just unequal to every constant and prints as `unknown`.
macro_rules! open_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$value_doc:meta])* $value:ident = $number:literal, $text:literal;)+ }) => {
        $(#[$doc])*
        #[repr(transparent)]
        #[derive(abi_stable::StableAbi, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(into = "String", from = "String")]
        pub struct $name(u32);

        impl $name {
            $($(#[$value_doc])* pub const $value: Self = Self($number);)+

            /// The known values: their numbers, which stand for them between a plugin and pyve, and their texts.
            #[doc(hidden)]
            pub const VALUES: &'static [(u32, &'static str)] = &[$(($number, $text)),+];

            /// Whether it was never set.
            pub fn is_unset(&self) -> bool {
                self.0 == 0
            }

            /// Whether it is one of the values above.
            pub fn is_known(&self) -> bool {
                Self::VALUES.iter().any(|(number, _)| *number == self.0)
            }

            /// The lower-case name used in JSON and messages; `unknown` for one that was never set, or of a newer API.
            pub fn as_str(self) -> &'static str {
                match self.0 { $($number => $text,)+ _ => "unknown" }
            }
        }

        impl Default for $name {
            fn default() -> Self { Self(0) }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}", self.as_str())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> String { value.as_str().to_owned() }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                match text.as_str() {
                    $($text => Self::$value,)+
                    _ => Self(u32::MAX),
                }
            }
        }
    };
}

pub(crate) use open_enum;
