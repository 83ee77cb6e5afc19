# pyve's hook for nushell. Once, and after each update of pyve:
# pyve shell-hook nushell | save -f ($nu.user-autoload-dirs.0 | path join pyve.nu)
#
# activate and deactivate print the variables as JSON, which are taken over here. They are commands of two words, so that all
# else is the program's own, to the letter.
def --env --wrapped 'pyve activate' [...words: string] { __pyve_take (__pyve_ask [activate] $words) }
def --env --wrapped 'pyve deactivate' [...words: string] { __pyve_take (__pyve_ask [deactivate] $words) }

# What pyve says to a shell.
def __pyve_ask [command: list<string>, words: list<string>] {
    let said = (^pyve ...$command --shell nushell ...$words | complete)
    print --stderr --no-newline $said.stderr
    if $said.exit_code != 0 {
        error make --unspanned { msg: $"pyve ($command.0) failed with exit code ($said.exit_code)" }
    }
    $said.stdout
}

# Takes over the variables; any other text, such as a help, is what comes of it.
def --env __pyve_take [said: string] {
    if not ($said | str starts-with '{') { return $said }
    let changes = ($said | from json)
    for name in $changes.hide-env { hide-env --ignore-errors $name }
    # PATH is a list in nushell, and so may others be.
    let conversions = ($env.ENV_CONVERSIONS? | default {})
    load-env ($changes.load-env | items {|name, value|
        let conversion = ($conversions | get --optional $name | get --optional from_string)
        if $conversion != null {
            [$name (do $conversion $value)]
        } else if ($name | str downcase) == 'path' {
            [$name ($value | split row (char esep))]
        } else {
            [$name $value]
        }
    } | into record)
}

# The prompt that is there is kept and asked, unless it is this one already. A closure is nothing that programs are given.
if '__pyve_prompt' not-in $env {
    let __pyve_before = (if $env.PROMPT_COMMAND? == null { $'($env.PWD)' } else { $env.PROMPT_COMMAND })
    $env.__pyve_prompt = {||
        if ($__pyve_before | describe) == 'closure' { do $__pyve_before } else { $__pyve_before }
    }
    $env.PROMPT_COMMAND = {||
        let rest = (do $env.__pyve_prompt)
        if ($env.PYVE_PROMPT_PREFIX? | is-empty) or ($env.VIRTUAL_ENV_DISABLE_PROMPT? | is-not-empty) {
            $rest
        } else {
            let part = ($env.PYVE_PROMPT_PREFIX | str replace --all --regex '[[:cntrl:]]' '')
            $'($part) ($rest)'
        }
    }
}
