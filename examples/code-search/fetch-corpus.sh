#!/bin/sh
# Fills a folder with the sources of the libraries that Belfry stands on: the corpus of the code-search example.
#
#   fetch-corpus.sh TARGET_DIR
#
# Needs a JDK and Maven (MVN names another command than mvn). A source jar that cannot be had is named on standard
# error and the rest is used. What is there already is not fetched again. Exit code: 0 when there is any source,
# 1 when there is none, 2 for wrong usage.
set -eu

# The versions are those of the BOM; a test compares them.
LIBRARIES='
com.google.guava:guava:33.7.0-jre
org.apache.curator:curator-client:5.9.0
org.apache.curator:curator-framework:5.9.0
org.apache.curator:curator-recipes:5.9.0
org.apache.zookeeper:zookeeper:3.9.5
org.quartz-scheduler:quartz:2.5.2
'
COPY=org.apache.maven.plugins:maven-dependency-plugin:3.11.0:copy
MVN=${MVN:-mvn}

if [ $# -ne 1 ] || [ -z "$1" ]; then
    echo "usage: fetch-corpus.sh TARGET_DIR" >&2
    exit 2
fi
mkdir -p "$1/.stamps"
target=$(cd "$1" && pwd)

folder_of() { # group:artifact:version -> artifact-version
    rest=${1#*:}
    echo "${rest%%:*}-${rest#*:}"
}

missing=
for library in $LIBRARIES; do
    folder=$(folder_of "$library")
    if [ ! -e "$target/.stamps/$folder" ] || [ ! -d "$target/$folder" ]; then
        missing="$missing $library"
    fi
done
if [ -z "$missing" ]; then
    echo "corpus: all sources are in $target"
    exit 0
fi

scratch=$(mktemp -d "$target/.fetch-XXXXXX")
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM

# All in one run of Maven, which is quick; it stops at the first jar that cannot be had.
fetch_together() {
    items=
    for library in $missing; do
        rest=${library#*:}
        items="$items<artifactItem><groupId>${library%%:*}</groupId><artifactId>${rest%%:*}</artifactId>"
        items="$items<version>${rest#*:}</version><classifier>sources</classifier></artifactItem>"
    done
    cat > "$scratch/pom.xml" <<POM
<project><modelVersion>4.0.0</modelVersion><groupId>corpus</groupId><artifactId>corpus</artifactId>
<version>1</version><packaging>pom</packaging><build><plugins><plugin>
<groupId>org.apache.maven.plugins</groupId><artifactId>maven-dependency-plugin</artifactId><version>3.11.0</version>
<configuration><outputDirectory>$scratch</outputDirectory><artifactItems>$items</artifactItems></configuration>
</plugin></plugins></build></project>
POM
    (cd "$scratch" && "$MVN" -q -B -f "$scratch/pom.xml" "$COPY") > "$scratch/log" 2>&1
}

fetch_alone() {
    (cd "$scratch" && "$MVN" -q -B "$COPY" "-Dartifact=$1:jar:sources" "-DoutputDirectory=$scratch") \
        > "$scratch/log" 2>&1
}

unpack() { # jar, into the present folder
    if [ -n "${JAVA_HOME:-}" ] && [ -x "$JAVA_HOME/bin/jar" ]; then
        "$JAVA_HOME/bin/jar" xf "$1"
    elif command -v jar > /dev/null 2>&1; then
        jar xf "$1"
    else
        unzip -q "$1"
    fi
}

if ! command -v "$MVN" > /dev/null 2>&1; then
    echo "corpus: cannot run '$MVN', so no sources are fetched; install Maven, or set MVN to its path" >&2
else
    echo "corpus: fetching$missing"
    fetch_together || true
    for library in $missing; do
        folder=$(folder_of "$library")
        jar="$scratch/$folder-sources.jar"
        if [ ! -s "$jar" ]; then
            fetch_alone "$library" || true
        fi
        if [ ! -s "$jar" ]; then
            echo "corpus: $library:sources cannot be had, going on without it. Maven says:" >&2
            grep -m 1 ERROR "$scratch/log" >&2 || tail -n 1 "$scratch/log" >&2
            continue
        fi
        mkdir "$scratch/$folder"
        if ! (cd "$scratch/$folder" && unpack "$jar"); then
            echo "corpus: $library:sources cannot be unpacked, going on without it" >&2
            continue
        fi
        rm -rf "${target:?}/$folder"
        mv "$scratch/$folder" "$target/$folder"
        : > "$target/.stamps/$folder"
    done
fi

count=$(find "$target" -mindepth 1 -name '.*' -prune -o -type f -print | wc -l)
if [ "$count" -eq 0 ]; then
    echo "corpus: no sources at all in $target; name a folder of your own with --corpus DIR" >&2
    exit 1
fi
echo "corpus: $((count)) files in $target"
