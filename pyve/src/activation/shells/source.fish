# Runs scripts, and keeps what functions they bring until the environment is left; then those go.
function __pyve_source
    set --local __pyve_before (functions --all --names)
    for __pyve_script in $argv[2..-1]
        source $__pyve_script
    end
    for __pyve_name in (functions --all --names)
        contains -- $__pyve_name $__pyve_before; or set --global --append _pyve_functions $__pyve_name
    end
    if test $argv[1] = leaving
        for __pyve_name in $_pyve_functions
            functions --erase $__pyve_name
        end
        set --erase --global _pyve_functions
    end
end
