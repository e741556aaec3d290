package dev.belfry.bench.machine;

import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Where this program's classes are. */
public final class ClassPaths {

    private ClassPaths() {}

    /** The whole class path of this process. */
    public static List<Path> own() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .toList();
    }

    /** The classes of the benchmarks alone, without any library. */
    public static Path benchmarks() {
        try {
            return Path.of(ClassPaths.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the classes are at no file", e);
        }
    }
}
