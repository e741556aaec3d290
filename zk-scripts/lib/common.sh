# Sourced by the scripts beside it and by the launcher at the top of the checkout: finds Java and the class path, and
# builds the project where it was not built yet.
#
# What runs is a snapshot of a build, a folder of its own below .belfry: Maven, whoever calls it, never replaces the
# classes of a JVM that runs. A snapshot is removed when a newer one is made and no process uses it any more.
# shellcheck shell=bash

set -u

scripts_home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
project_home=$(cd "$scripts_home/.." && pwd)
snapshots=$project_home/.belfry

# say what went wrong, and end with exit code $1
fail() {
    code=$1
    shift
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit "$code"
}

# sets java to the Java to run
find_java() {
    if [ -n "${JAVA_HOME:-}" ] && [ -x "$JAVA_HOME/bin/java" ]; then
        java=$JAVA_HOME/bin/java
    else
        java=$(command -v java) || fail 2 "no Java found: install a JDK 17 or newer, or set JAVA_HOME"
    fi
}

# sets snapshot to the newest one; to nothing if there is none. Their names sort by time
find_snapshot() {
    local one
    snapshot=
    for one in "$snapshots"/build-*; do
        [ -f "$one/built" ] && snapshot=$one
    done
}

# whether there is no snapshot, or a source is newer; a folder is newer when a file in it was removed
stale() {
    [ -n "$snapshot" ] || return 0
    [ -n "$(find "$project_home" -mindepth 1 \( -name target -o -name '.[!.]*' -o -path "$project_home/scheduler-bench" \) -prune \
        -o \( -path '*/src/main/*' -o -name pom.xml \) -newer "$snapshot/built" -print 2>/dev/null | head -n 1)" ]
}

# builds the modules that are run from a checkout, and makes a snapshot of them
build() {
    local maven=${MVN:-mvn} log=$snapshots/build.log modules="scheduler-console examples/code-search zk-scripts" new module
    command -v "$maven" >/dev/null || fail 2 "no '$maven' found to build with: install Maven 3.8.7 or newer, or set MVN"
    printf '%s: building (about a minute the first time) ...\n' "${0##*/}" >&2
    rm -rf "$snapshots"/new-*
    new=$(mktemp -d "$snapshots/new-XXXXXX") || fail 2 "cannot write in $snapshots"
    # As old as the beginning: a source that is changed while it is built is built again next time.
    touch "$new/built"
    # What a build of another version left there must not be taken for this one's.
    rm -rf "$project_home/scheduler-console/target/lib"
    for module in $modules; do
        rm -f "$project_home/$module/target"/*.jar
    done
    if ! (cd "$project_home" && "$maven" -q -Pfast -DskipTests -pl "${modules// /,}" -am \
        package 9>&-) >"$log" 2>&1; then
        tail -n 30 "$log" >&2
        fail 2 "the build failed; the whole log is $log"
    fi
    cp -R "$project_home/scheduler-console/target/lib" "$new/lib" || fail 2 "cannot write in $new"
    for module in $modules; do
        cp "$project_home/$module/target"/*.jar "$new/${module##*/}.jar" || fail 2 "no single jar of $module to copy to $new"
    done
    snapshot=$snapshots/build-$(date -u +%Y%m%d%H%M%S)-$$
    mv "$new" "$snapshot" || fail 2 "cannot write in $snapshots"
}

# removes the snapshots that no process uses, but for the present one and those that somebody may be about to start
remove_unused() {
    local one processes
    processes=$(ps -A -ww -o args= 2>/dev/null) || return 0
    for one in "$snapshots"/build-*; do
        case $processes in
            *"$one/"*) continue ;;
        esac
        if [ "$one" != "$snapshot" ] && [ -z "$(find "$one/used" "$one/built" -mmin -10 2>/dev/null)" ]; then
            rm -rf "$one"
        fi
    done
}

# builds unless that is done; one at a time, where flock exists
build_once() {
    mkdir -p "$snapshots" || fail 2 "cannot make $snapshots"
    exec 9>"$snapshots/lock"
    if command -v flock >/dev/null; then
        flock 9
    fi
    find_snapshot
    if stale; then
        build
        remove_unused
    fi
    exec 9>&-
}

# find_class_path MODULE: sets class_path to that of the module, whose own files come first. Builds it if it is missing
# or older than the sources. With BELFRY_NO_BUILD it is what Maven has made just now: for the tests of a build that runs.
find_class_path() {
    local console=$project_home/scheduler-console/target
    if [ -n "${BELFRY_NO_BUILD:-}" ]; then
        [ -d "$console/lib" ] || fail 2 "not built: run 'mvn -DskipTests -pl zk-scripts -am package' in $project_home"
        class_path="$project_home/$1/target/classes:$console/classes:$console/lib/*"
        class_path="$class_path:$project_home/examples/code-search/target/classes"
        return
    fi
    find_snapshot
    if stale; then
        build_once
    fi
    touch "$snapshot/used" 2>/dev/null
    class_path="$snapshot/$1.jar:$snapshot/scheduler-console.jar:$snapshot/lib/*:$snapshot/code-search.jar"
}

# run_tool CLASS ARGUMENT...: becomes the Java tool
run_tool() {
    tool=$1
    shift
    find_java
    find_class_path zk-scripts
    exec "$java" -Xmx512m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Dbelfry.script="${0##*/}" -cp "$class_path" "dev.belfry.scripts.$tool" "$@"
}
