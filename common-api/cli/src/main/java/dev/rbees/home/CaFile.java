package dev.rbees.home;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

import org.jspecify.annotations.Nullable;

import dev.rbees.cli.Printable;
import dev.rbees.cli.UsageException;

/**
 * A file with certificates of authorities that are trusted beside the system's.
 *
 * @param path of one or more certificates in PEM
 */
public record CaFile(String path) {

    /** @throws UsageException when the file cannot be read or holds no certificate */
    public SSLContext context() {
        try {
            List<Certificate> trusted = new ArrayList<>(certificates());
            for (TrustManager system : managers(null)) {
                if (system instanceof X509TrustManager known) {
                    trusted.addAll(List.of(known.getAcceptedIssuers()));
                }
            }
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (int i = 0; i < trusted.size(); i++) {
                store.setCertificateEntry("authority-" + i, trusted.get(i));
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers(store), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("this JDK knows no TLS", e);
        }
    }

    private Collection<? extends Certificate> certificates() {
        try (InputStream file = Files.newInputStream(Path.of(path))) {
            Collection<? extends Certificate> found = CertificateFactory.getInstance("X.509").generateCertificates(file);
            if (!found.isEmpty()) {
                return found;
            }
        } catch (CertificateException _) {
            // told below
        } catch (IOException | InvalidPathException _) {
            throw new UsageException("the certificates in " + Printable.text(path) + " cannot be read: is the file there?");
        }
        throw new UsageException(Printable.text(path) + " holds no certificate in PEM");
    }

    /** @param store null for the system's own */
    private static TrustManager[] managers(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }
}
