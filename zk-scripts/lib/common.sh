# Sourced by the scripts beside it: finds Java and the class path, and builds the project where it was not built yet.
# shellcheck shell=bash

set -u

scripts_home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
project_home=$(cd "$scripts_home/.." && pwd)

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

# whether a source is newer than the class path that was built from it
stale() {
    [ -n "$(find "$scripts_home/src/main" "$project_home/scheduler-core/src/main" "$project_home/scheduler-console/src/main" -type f -newer "$1" -print 2>/dev/null | head -n 1)" ]
}

# sets class_path; builds it if it is missing or older than the sources, unless BELFRY_NO_BUILD is set
find_class_path() {
    built=$scripts_home/target/lib
    if [ ! -d "$built" ] || { [ -z "${BELFRY_NO_BUILD:-}" ] && stale "$built"; }; then
        [ -z "${BELFRY_NO_BUILD:-}" ] || fail 2 "not built: run 'mvn -DskipTests -pl zk-scripts -am package' in $project_home"
        command -v mvn >/dev/null || fail 2 "not built yet, and no Maven found to build it: install Maven 3.8.7 or newer"
        printf 'building Belfry, once ...\n' >&2
        (cd "$project_home" && mvn -q -DskipTests -pl zk-scripts -am package) >&2 \
            || fail 2 "the build failed, see above"
        touch "$built"
    fi
    class_path="$scripts_home/target/classes:$built/*"
}

# run_tool CLASS ARGUMENT...: becomes the Java tool
run_tool() {
    tool=$1
    shift
    find_java
    find_class_path
    exec "$java" -Xmx512m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Dbelfry.script="${0##*/}" -cp "$class_path" "dev.belfry.scripts.$tool" "$@"
}
