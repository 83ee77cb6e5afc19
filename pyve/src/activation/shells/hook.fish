# pyve's hook for fish. In ~/.config/fish/config.fish: pyve shell-hook fish | source
#
# activate and deactivate print code, which is evaluated here; all else is the program's.
function pyve
    set --local __pyve_at 1
    while test $__pyve_at -le (count $argv)
        switch $argv[$__pyve_at]
            case -C --color
                set __pyve_at (math $__pyve_at + 2)
            case '-*'
                set __pyve_at (math $__pyve_at + 1)
            case activate deactivate
                # An environment is left even where the directory is gone.
                if test $argv[$__pyve_at] = deactivate
                    set argv -C / $argv
                    set __pyve_at (math $__pyve_at + 2)
                end
                set --local __pyve_code (command pyve $argv[1..$__pyve_at] --shell fish $argv[(math $__pyve_at + 1)..-1])
                or return
                switch $__pyve_code[1]
                    case '# pyve'
                        string join \n -- $__pyve_code | source
                    case '*'
                        string join \n -- $__pyve_code
                end
                return
            case '*'
                break
        end
    end
    # It may have changed what becomes of the shell in its directory.
    set --global _pyve_seen
    command pyve $argv
end
if not functions -q _pyve_fish_prompt
    functions -q fish_prompt
    and functions -c fish_prompt _pyve_fish_prompt
    or function _pyve_fish_prompt
        printf '%s> ' (prompt_pwd)
    end

    function _pyve_status
        return $argv[1]
    end

    function fish_prompt
        set -l pyve_status $status
        if test -n "$PYVE_PROMPT_PREFIX" -a -z "$VIRTUAL_ENV_DISABLE_PROMPT"
            printf '%s ' (string replace --all --regex '[[:cntrl:]]' '' -- "$PYVE_PROMPT_PREFIX" | string collect)
            _pyve_status $pyve_status
        end
        _pyve_fish_prompt
    end
end
