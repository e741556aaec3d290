package dev.belfry.bench.peer;

import dev.belfry.bench.machine.ClassPaths;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Resources of this package: a peer's agent, compiled against the jars that were resolved for it, and its tables. */
final class PeerSource {

    private PeerSource() {}

    /**
     * Compiles resources {@code NAME.java} of this package and returns the class path that they run with.
     *
     * @throws IOException if it does not compile, with what the compiler said
     */
    static List<Path> compile(List<String> names, List<Path> jars, Path home) throws IOException {
        Path directory = Files.createDirectories(home.resolve("source"));
        Path classes = Files.createDirectories(home.resolve("classes"));
        List<Path> sources = new ArrayList<>();
        for (String name : names) {
            sources.add(Files.writeString(directory.resolve(name + ".java"), read(name + ".java")));
        }
        List<Path> classPath = new ArrayList<>(List.of(classes, ClassPaths.benchmarks()));
        classPath.addAll(jars);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new IOException(
                    "there is no Java compiler in " + System.getProperty("java.home") + "; run this with a JDK");
        }
        StringWriter said = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            boolean compiled = compiler.getTask(
                            said,
                            files,
                            null,
                            List.of("-proc:none", "-nowarn", "-d", classes.toString(), "-cp", join(classPath)),
                            null,
                            files.getJavaFileObjectsFromPaths(sources))
                    .call();
            if (!compiled) {
                throw new IOException(names + " do not compile:\n" + said);
            }
        }
        return classPath;
    }

    private static String join(List<Path> paths) {
        return paths.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }

    /** The text of a resource beside this class. */
    static String read(String name) throws IOException {
        try (InputStream in = PeerSource.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("there is no resource " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The commands of an SQL script, without its comments. */
    static List<String> commands(String script) {
        String bare =
                script.lines().filter(line -> !line.strip().startsWith("--")).collect(Collectors.joining("\n"));
        return Arrays.stream(bare.split(";"))
                .map(String::strip)
                .filter(command -> !command.isEmpty() && !command.equalsIgnoreCase("commit"))
                .toList();
    }
}
