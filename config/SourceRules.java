/* SPDX-License-Identifier: Apache-2.0 */
import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.ImportOrderer;
import com.palantir.javaformat.java.JavaFormatterOptions;
import com.palantir.javaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The rules that every Java source file of this repository keeps: palantir-java-format, a licence line, no star
 * imports, at most 600 lines, a package-info in every package. {@code check} only reports; {@code format} rewrites what
 * differs from the format.
 *
 * <p>Started as a source file under the build's own JDK: the usual Maven plugins run the formatter inside Maven's JVM,
 * whose parser may be older than the language that is used here.
 */
final class SourceRules {
    private static final String LICENCE = "/* SPDX-License-Identifier: Apache-2.0 */";
    private static final int MAX_LINES = 600;
    private static final int MAX_COLUMNS = 120;
    private static final Set<String> SKIPPED_FOLDERS = Set.of("target", ".git", "build", "node_modules");

    private final Formatter formatter = Formatter.createFormatter(JavaFormatterOptions.builder()
            .style(JavaFormatterOptions.Style.PALANTIR)
            .formatJavadoc(true)
            .build());
    private final List<String> complaints = new ArrayList<>();
    private final Set<Path> packages = new TreeSet<>();
    private final boolean rewrite;

    private SourceRules(boolean rewrite) {
        this.rewrite = rewrite;
    }

    public static void main(String[] arguments) throws IOException {
        SourceRules rules = new SourceRules(arguments[0].equals("format"));
        Path root = Path.of(arguments[1]);
        List<Path> sources = sources(root);
        for (Path source : sources) {
            rules.visit(source);
        }
        rules.visitPackages();
        rules.complaints.forEach(System.err::println);
        if (!rules.complaints.isEmpty()) {
            System.err.println("source rules: " + rules.complaints.size()
                    + " complaint(s); 'mvn -N verify -Dconvoy.rules=format' mends those about format");
            System.exit(1);
        }
    }

    private static List<Path> sources(Path root) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                Path name = folder.getFileName();
                boolean skip = name != null && SKIPPED_FOLDERS.contains(name.toString());
                return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(".java")) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return found;
    }

    private void visit(Path source) throws IOException {
        String text = formatted(source, Files.readString(source));
        List<String> lines = text.lines().toList();
        if (lines.isEmpty() || !lines.getFirst().equals(LICENCE)) {
            complain(source, 1, "the first line must be " + LICENCE);
        }
        if (lines.size() > MAX_LINES) {
            complain(source, MAX_LINES, "longer than " + MAX_LINES + " lines");
        }
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.startsWith("import ") && line.endsWith(".*;")) {
                complain(source, i + 1, "star import");
            }
            if (line.length() > MAX_COLUMNS) {
                complain(source, i + 1, "longer than " + MAX_COLUMNS + " columns");
            }
        }
        if (isPackageMember(source)) {
            packages.add(source.getParent());
        }
    }

    /** The text as it stands after this run: rewritten, or as it is with a complaint. */
    private String formatted(Path source, String text) throws IOException {
        try {
            String imports = RemoveUnusedImports.removeUnusedImports(text);
            String expected =
                    formatter.formatSource(ImportOrderer.reorderImports(imports, JavaFormatterOptions.Style.PALANTIR));
            if (expected.equals(text)) {
                return text;
            }
            if (rewrite) {
                Files.writeString(source, expected);
                return expected;
            }
            complain(source, firstDifference(text, expected), "format");
        } catch (FormatterException e) {
            complain(source, 1, "does not parse: " + e.getMessage());
        }
        return text;
    }

    private static boolean isPackageMember(Path source) {
        String path = source.toString();
        return path.contains("/src/main/java/") && !path.endsWith("module-info.java");
    }

    private void visitPackages() {
        for (Path folder : packages) {
            if (!Files.exists(folder.resolve("package-info.java"))) {
                complain(folder, 1, "no package-info.java");
            }
        }
    }

    private static int firstDifference(String text, String expected) {
        int at = 0;
        while (at < Math.min(text.length(), expected.length()) && text.charAt(at) == expected.charAt(at)) {
            at++;
        }
        return (int) text.substring(0, at).chars().filter(c -> c == '\n').count() + 1;
    }

    private void complain(Path source, int line, String what) {
        complaints.add(source + ":" + line + ": " + what);
    }
}
