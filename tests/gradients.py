"""Gradients to be found: losses as people type them, with their shapes and where they stand.

Each row is an id, the source, the loss, the variable and the shapes. No formula is copied here: the
right answer is what differences of the loss itself say. Sources: MC is Petersen and Pedersen, The
Matrix Cookbook (15 November 2012), with equation numbers; CVX Boyd and Vandenberghe, Convex
Optimization; ESL Hastie, Tibshirani and Friedman, The Elements of Statistical Learning; PRML
Bishop, Pattern Recognition and Machine Learning; MML Deisenroth, Faisal and Ong, Mathematics for
Machine Learning; GBC Goodfellow, Bengio and Courville, Deep Learning; MN Magnus and Neudecker,
Matrix Differential Calculus; Murphy, Machine Learning: a Probabilistic Perspective; CS229 and
CS231n, Stanford's course notes; NW Nocedal and Wright, Numerical Optimization; GVL Golub and
Van Loan, Matrix Computations.
"""

GRADIENTS = [
    line.split(" | ")
    for line in r"""
book-u | this book | np.linalg.norm(W @ u - v)**2 | u | W:m,n; u:n,1; v:m,1
book-v | this book | np.linalg.norm(W @ u - v)**2 | v | W:m,n; u:n,1; v:m,1
book-W | this book | np.linalg.norm(W @ u - v)**2 | W | W:m,n; u:n,1; v:m,1
book-flat | this book, flat arrays | (W @ u - v) @ (W @ u - v) | W | W:m,n; u:n; v:m
book-number | one number is its own sum | np.sum((x @ x - 1)**2) + np.mean(t * x @ b) | x | x:n; b:n; t:
mc-49 | MC 49 | np.linalg.det(X) | X | X:n,n
mc-51 | MC 51 | np.linalg.det(A @ X @ B) | X | A:n,n; X:n,n; B:n,n
mc-54 | MC 54 | np.linalg.det(X.T @ A @ X) | X | A:m,m; X:m,n
mc-55 | MC 55 | np.log(np.linalg.det(X.T @ X)) | X | X:m,n
mc-57 | MC 57 | np.log(abs(np.linalg.det(X))) | X | X:n,n
mc-58 | MC 58 | np.linalg.det(np.linalg.matrix_power(X, 3)) | X | X:n,n
mc-61 | MC 61 | a.T @ np.linalg.inv(X) @ b | X | a:n,1; X:n,n; b:n,1
mc-62 | MC 62 | np.linalg.det(np.linalg.inv(X)) | X | X:n,n
mc-63 | MC 63 | np.trace(A @ np.linalg.inv(X) @ B) | X | A:n,n; X:n,n; B:n,n
mc-64 | MC 64 | np.trace(np.linalg.inv(X + A)) | X | A:n,n; X:n,n
mc-69 | MC 69 | np.dot(x, a) | x | x:n; a:n
mc-70 | MC 70 | a.T @ X @ b | X | a:m,1; X:m,n; b:n,1
mc-71 | MC 71 | a.T @ X.T @ b | X | a:n,1; X:m,n; b:m,1
mc-72 | MC 72 | a @ X @ a | X | a:n; X:n,n
mc-76 | MC 76 | np.sum(X)**2 | X | X:m,n
mc-77 | MC 77 | b.T @ X.T @ X @ c | X | b:n,1; c:n,1; X:m,n
mc-78 | MC 78 | (B @ x + b).T @ C @ (D @ x + d) | x | B:m,n; b:m,1; C:m,k; D:k,n; d:k,1; x:n,1
mc-81 | MC 81 | x.T @ B @ x | x | B:n,n; x:n,1
mc-82 | MC 82 | b.T @ X.T @ D @ X @ c | X | b:n,1; c:n,1; X:m,n; D:m,m
mc-83 | MC 83 | (X @ b + c).T @ D @ (X @ b + c) | X | X:m,n; b:n,1; c:m,1; D:m,m
mc-84 | MC 84 | (x - A @ s).T @ W @ (x - A @ s) | s | x:m,1; A:m,n; s:n,1; W:m,m
mc-86 | MC 86 | (x - s).T @ W @ (x - s) | s | x:n,1; s:n,1; W:n,n
mc-87 | MC 87 | (x - A @ s) @ W @ (x - A @ s) | x | x:m; A:m,n; s:n; W:m,m
mc-88 | MC 88 | (x - A @ s) @ W @ (x - A @ s) | A | x:m; A:m,n; s:n; W:m,m
mc-91 | MC 91 | a.T @ np.linalg.matrix_power(X, 3) @ b | X | a:n,1; X:n,n; b:n,1
mc-92 | MC 92 | a.T @ np.linalg.matrix_power(X, 2).T @ np.linalg.matrix_power(X, 2) @ b | X | a:n,1; X:n,n; b:n,1
mc-99 | MC 99 | np.trace(X) | X | X:n,n
mc-100 | MC 100 | np.trace(X @ A) | X | X:n,m; A:m,n
mc-101 | MC 101 | np.trace(A @ X @ B) | X | A:k,m; X:m,n; B:n,k
mc-102 | MC 102 | np.trace(A @ X.T @ B) | X | A:k,n; X:m,n; B:m,k
mc-103 | MC 103 | np.trace(X.T @ A) | X | X:m,n; A:m,n
mc-105 | MC 105 | np.trace(np.kron(A, X)) | X | A:m,m; X:n,n
mc-106 | MC 106 | np.trace(X @ X) | X | X:n,n
mc-107 | MC 107 | np.trace(X @ X @ B) | X | X:n,n; B:n,n
mc-108 | MC 108 | np.trace(X.T @ B @ X) | X | X:m,n; B:m,m
mc-109 | MC 109 | np.trace(B @ X @ X.T) | X | X:m,n; B:m,m
mc-113 | MC 113 | (X.T @ X @ B).trace() | X | X:m,n; B:n,n
mc-114 | MC 114 | np.trace(A @ X @ B @ X) | X | A:n,m; X:m,n; B:n,m
mc-115 | MC 115 | np.trace(X.T @ X) | X | X:m,n
mc-116 | MC 116 | np.trace(B.T @ X.T @ C @ X @ B) | X | B:n,k; C:m,m; X:m,n
mc-118 | MC 118 | np.trace(A @ X @ B @ X.T @ C) | X | A:k,m; X:m,n; B:n,n; C:m,k
mc-119 | MC 119 | np.trace((A @ X @ B + C) @ (A @ X @ B + C).T) | X | A:k,m; X:m,n; B:n,p; C:k,p
mc-120 | MC 120 | np.trace(np.kron(X, X)) | X | X:n,n
mc-121 | MC 121 | np.trace(np.linalg.matrix_power(X, 4)) | X | X:n,n
mc-122 | MC 122 | np.trace(A @ np.linalg.matrix_power(X, 3)) | X | A:n,n; X:n,n
mc-124 | MC 124 | np.trace(A @ np.linalg.inv(X) @ B) | X | A:m,n; X:n,n; B:n,m
mc-125 | MC 125 | np.trace(np.linalg.inv(X.T @ C @ X) @ A) | X | X:m,n; C:m,m; A:n,n
mc-126 | MC 126 | np.trace(np.linalg.inv(X.T @ C @ X) @ (X.T @ B @ X)) | X | X:m,n; C:m,m; B:m,m
mn-25 | a sine entry by entry, unlike MC 128 | np.trace(np.sin(X)) | X | X:n,n
mc-129 | MC 129 | np.linalg.norm(x - a) | x | x:n; a:n
mc-130 | MC 130 | (x[0] - a[0]) / np.linalg.norm(x - a) | x | x:n; a:n
mc-131 | MC 131 | np.linalg.norm(x)**2 | x | x:n
mc-132 | MC 132 | np.linalg.norm(X, 'fro')**2 | X | X:m,n
mc-137 | MC 137, the chain rule | np.exp(np.trace(X.T @ A @ X)) | X | X:m,n; A:m,m
mc-43 | MC 43 and 100 | np.trace(A @ X) + np.log(np.linalg.det(X)) | X | A:n,n; X:n,n
ls-1 | CVX 6.1 | np.sum((A @ x - b)**2) | x | A:m,n; x:n; b:m
ls-2 | CVX 6.1 | (A@x-b).T @ (A@x-b) | A | A:m,n; x:n,1; b:m,1
ls-3 | CVX 6.1 | np.dot(A.dot(x) - b, A.dot(x) - b) | b | A:m,n; x:n; b:m
ls-4 | ESL 3.2 | np.linalg.norm(y - X @ beta)**2 | beta | X:n,p; y:n; beta:p
ls-5 | ESL 3.2 | ((y - X @ w)**2).sum() | w | X:n,d; y:n; w:d
ls-6 | CS229 | 0.5 * np.sum((X @ theta - y)**2) | theta | X:n,d; y:n; theta:d
ls-7 | CS229 | 1/2 * (X @ theta - y).T @ (X @ theta - y) | theta | X:n,d; y:n,1; theta:d,1
ls-8 | PRML 3.12 | np.mean((X @ w - y)**2) | w | X:n,d; y:n; w:d
ls-9 | MML 9.9 | np.linalg.norm(y - Phi @ theta)**2 / (2 * sigma**2) | theta | Phi:n,d; y:n; theta:d; sigma:
ls-10 | MML 9.9 | np.linalg.norm(y - Phi @ theta)**2 / (2 * sigma**2) | sigma | Phi:n,d; y:n; theta:d; sigma:
ls-11 | course notes | np.sum((X @ w - y)**2) / len(y) | w | X:n,d; y:n; w:d
ls-12 | course notes | ((X @ w + b - y)**2).mean() | b | X:n,d; w:d; y:n; b:
ls-13 | course notes | np.sum((X @ w + b - y)**2) / X.shape[0] | w | X:n,d; w:d; y:n; b:
ls-14 | weighted, ESL 4 | (y - X @ w) @ np.diag(c) @ (y - X @ w) | w | X:n,d; w:d; y:n; c:n
ls-15 | weighted | np.sum(c * (X @ w - y)**2) | c | X:n,d; w:d; y:n; c:n
ls-16 | weighted | np.sum(c * (X @ w - y)**2) | w | X:n,d; w:d; y:n; c:n
ls-17 | multi-output, ESL 3.2.4 | np.linalg.norm(X @ B - Y)**2 | B | X:n,d; B:d,k; Y:n,k
ls-18 | multi-output, batch | np.mean((X @ B - Y)**2) | B | X:n,d; B:d,k; Y:n,k
ls-19 | columns as examples | np.sum((W @ X - Y)**2) / X.shape[1] | W | W:k,d; X:d,n; Y:k,n
ridge-1 | ESL 3.41 | np.sum((y - X @ w)**2) + lam * np.sum(w**2) | w | X:n,d; w:d; y:n; lam:
ridge-2 | PRML 3.27 | 0.5 * np.linalg.norm(X @ w - y)**2 + lam / 2 * w @ w | w | X:n,d; w:d; y:n; lam:
ridge-3 | Murphy 7.5 | np.mean((X @ w - y)**2) + lam * np.linalg.norm(w)**2 | lam | X:n,d; w:d; y:n; lam:
ridge-4 | Tikhonov, GVL 6.1 | np.linalg.norm(A @ x - b)**2 + np.linalg.norm(G @ x)**2 | x | A:m,n; x:n,1; b:m,1; G:k,n
lasso-1 | CVX 6.3 | np.linalg.norm(A @ x - b)**2 / 2 + gamma * np.sum(np.abs(x)) | x | A:m,n; x:n; b:m; gamma:
lasso-2 | smoothed, course notes | np.sum(np.sqrt(w**2 + eps)) | w | w:n; eps:
log-1 | ESL 4.20 | np.sum(np.log(1 + np.exp(-y * (X @ w)))) | w | X:n,d; w:d; y:n
log-2 | Murphy 8.5 | np.mean(np.log(1+np.exp(-y*(X@w)))) + lam/2*np.linalg.norm(w)**2 | w | X:n,d; w:d; y:n; lam:
log-3 | CS229 | -np.sum(y * np.log(1 / (1 + np.exp(-X @ w))) + (1 - y) * np.log(1 - 1 / (1 + np.exp(-X @ w)))) | w | X:n,d; w:d; y:n
log-4 | PRML 4.90 | -np.mean(y * np.log(sigmoid(X @ w)) + (1 - y) * np.log(1 - sigmoid(X @ w))) | w | X:n,d; w:d; y:n
log-5 | CVX 7.1 | np.sum(np.log(1 + np.exp(X @ w))) - y @ (X @ w) | w | X:n,d; w:d; y:n
log-6 | Poisson regression | np.sum(np.exp(X @ w) - y * (X @ w)) | w | X:n,d; w:d; y:n
log-7 | with bias | np.mean(np.log(1 + np.exp(-y * (X @ w + b)))) | b | X:n,d; w:d; y:n; b:
exp-1 | AdaBoost, ESL 10.8 | np.sum(np.exp(-y * (X @ w))) | w | X:n,d; w:d; y:n
soft-1 | CVX 3.1.5 | np.log(np.sum(np.exp(x))) | x | x:n
soft-2 | CVX 4.45 | np.log(np.sum(np.exp(A @ x + b))) | x | A:m,n; x:n; b:m
soft-3 | GBC 6.2.2 | -y @ z + np.log(np.sum(np.exp(z))) | z | y:n; z:n
soft-4 | CS231n | np.log(np.sum(np.exp(W @ x))) - (W @ x)[0] | W | W:k,d; x:d
soft-5 | PRML 4.108, a batch | np.sum(np.log(np.sum(np.exp(X @ W), axis=1))) - np.sum(Y * (X @ W)) | W | X:n,d; W:d,k; Y:n,k
soft-6 | CS231n | -np.sum(y * np.log(np.exp(z) / np.sum(np.exp(z)))) | z | y:n; z:n
soft-7 | CS231n, a batch | -np.mean(np.sum(Y * np.log(np.exp(X @ W) / np.sum(np.exp(X @ W), axis=1, keepdims=True)), axis=1)) | W | X:n,d; W:d,k; Y:n,k
net-1 | GBC 6.5 | np.sum((W2 @ np.tanh(W1 @ x) - y)**2) | W1 | W1:h,d; W2:k,h; x:d; y:k
net-2 | GBC 6.5 | np.sum((W2 @ np.tanh(W1 @ x + b1) + b2 - y)**2) | b1 | W1:h,d; W2:k,h; x:d; y:k; b1:h; b2:k
net-3 | PRML 5.3 | 0.5 * np.linalg.norm(W2 @ np.tanh(W1 @ x) - y)**2 | W2 | W1:h,d; W2:k,h; x:d,1; y:k,1
net-4 | a batch | np.mean((np.tanh(X @ A) @ B - Y)**2) | A | X:n,d; A:d,h; B:h,k; Y:n,k
net-5 | a batch with bias | np.mean((np.tanh(X @ A + a) @ B - Y)**2) | a | X:n,d; A:d,h; a:h; B:h,k; Y:n,k
net-6 | logistic units | np.sum((sigmoid(W @ x) - y)**2) | W | W:k,d; x:d; y:k
net-7 | autoencoder, GBC 14 | np.linalg.norm(X - np.tanh(X @ W) @ W.T)**2 | W | X:n,d; W:d,k
net-8 | three layers | np.sum((C @ np.tanh(B @ np.tanh(A @ x)) - y)**2) | A | A:h,d; B:g,h; C:k,g; x:d,1; y:k,1
mf-1 | matrix factorisation | np.linalg.norm(R - U @ V.T)**2 | U | R:m,n; U:m,k; V:n,k
mf-2 | matrix factorisation | np.sum((R - U @ V.T)**2) + lam * (np.sum(U**2) + np.sum(V**2)) | V | R:m,n; U:m,k; V:n,k; lam:
mf-3 | with a mask | np.sum(M * (R - U @ V.T)**2) | U | M:m,n; R:m,n; U:m,k; V:n,k
mf-4 | symmetric | np.linalg.norm(A - X @ X.T, 'fro')**2 / 4 | X | A:n,n; X:n,k
pca-1 | PRML 12.1 | np.linalg.norm(X - X @ W @ W.T)**2 | W | X:n,d; W:d,k
pca-2 | ESL 14.50 | -np.trace(W.T @ X.T @ X @ W) | W | X:n,d; W:d,k
pca-3 | MML 10.2 | np.sum((x - b * (b @ x))**2) | b | x:n; b:n
ratio-1 | Rayleigh, GVL 8 | (x.T @ A @ x) / (x.T @ x) | x | A:n,n; x:n,1
ratio-2 | Rayleigh, generalised | (w @ A @ w) / (w @ B @ w) | w | A:n,n; B:n,n; w:n
ratio-3 | Fisher, PRML 4.26 | (w @ (a - b))**2 / (w @ S @ w) | w | a:n; b:n; S:n,n; w:n
ratio-4 | cosine similarity | x @ y / (np.linalg.norm(x) * np.linalg.norm(y)) | x | x:n; y:n
ratio-5 | ratio of norms | np.linalg.norm(A @ x) / np.linalg.norm(x) | x | A:m,n; x:n
ratio-6 | fractional | np.linalg.norm(A @ x - b)**2 / (c @ x + t) | x | A:m,n; x:n; b:m; c:n; t:
ratio-7 | normalised | np.sum((x / np.linalg.norm(x) - y)**2) | x | x:n; y:n
maha-1 | PRML 2.44 | (x - mu) @ np.linalg.inv(S) @ (x - mu) | mu | x:n; mu:n; S:n,n
maha-2 | PRML 2.118 | 0.5 * np.log(np.linalg.det(S)) + 0.5 * (x - m).T @ np.linalg.inv(S) @ (x - m) | S | x:n,1; m:n,1; S:n,n
maha-3 | Gaussian kernel | np.exp(-np.linalg.norm(x - y)**2 / (2 * s**2)) | x | x:n; y:n; s:
maha-4 | Gaussian kernel | np.exp(-np.sum((x - y)**2) / (2 * s**2)) | s | x:n; y:n; s:
maha-5 | with solve | (x - m) @ np.linalg.solve(S, x - m) | x | x:n; m:n; S:n,n
cvx-1 | CVX 9.4, log barrier | -np.sum(np.log(b - A @ x)) | x | A:m,n; b:m; x:n
cvx-2 | CVX, entropy | np.sum(x * np.log(x)) | x | x:n
cvx-3 | CVX, relative entropy | np.sum(x * np.log(x / y)) | y | x:n; y:n
cvx-4 | CVX 3.18, inverse | np.trace(np.linalg.inv(X)) | X | X:n,n
cvx-5 | CVX, harmonic | 1 / np.sum(1 / x) | x | x:n
cvx-6 | CVX, pseudo-Huber | np.sum(np.sqrt(1 + (A @ x - b)**2)) | x | A:m,n; x:n; b:m
cvx-7 | experiment design, CVX 7.5 | -np.log(np.linalg.det(V.T @ np.diag(x) @ V)) | x | V:n,k; x:n
cvx-8 | analytic centre | np.linalg.norm(np.diag(d) @ x - b)**2 | d | d:n; x:n; b:n
nw-1 | NW, cubic model | g @ p + 0.5 * p @ B @ p + sigma / 3 * np.linalg.norm(p)**3 | p | g:n; p:n; B:n,n; sigma:
nw-2 | NW 17.3, penalty | c @ x + mu / 2 * np.sum((A @ x - b)**2) | x | c:n; x:n; A:m,n; b:m; mu:
nw-3 | NW 17.36, augmented Lagrangian | c @ x - lam @ (A @ x - b) + rho / 2 * np.linalg.norm(A @ x - b)**2 | lam | c:n; x:n; lam:m; A:m,n; b:m; rho:
mn-1 | MN 9 | np.vdot(A @ X, X @ B) | X | A:m,m; X:m,n; B:n,n
mn-2 | MN 9 | np.linalg.norm(np.kron(A, X))**2 | X | A:m,n; X:p,q
mn-3 | MN 9, Kronecker | np.sum(np.kron(x, y) * c) | x | x:m,1; y:n,1; c:k,1
mn-4 | MN 9, Hadamard | a @ (X * Y) @ b | X | a:m; X:m,n; Y:m,n; b:n
mn-5 | MN 9, vec | np.sum((X.reshape(-1, 1, order="F") - c)**2) | X | X:m,n; c:k,1
mn-6 | MN 9, diagonal | np.sum(np.diag(X)**2) | X | X:n,n
mn-7 | MN 9, outer | np.linalg.norm(A - np.outer(x, y))**2 | x | A:m,n; x:m; y:n
mn-8 | MN 9 | np.log(np.linalg.det(np.eye(n) + X @ X.T)) | X | X:n,m
mn-9 | Gaussian process, Rasmussen 5.9 | 0.5 * y @ np.linalg.inv(K + s * np.eye(n)) @ y + 0.5 * np.log(np.linalg.det(K + s * np.eye(n))) | s | K:n,n; y:n; s:
mn-10 | centring | np.sum((X - np.mean(X, axis=0))**2) | X | X:n,d
mn-11 | variance | np.mean((x - np.mean(x))**2) | x | x:n
mn-12 | by entries | sum((A @ x - b)[i]**2 for i in range(len(b))) | x | A:m,n; x:n; b:m
mn-13 | scalar | np.linalg.norm(x - t * y)**2 | t | x:n; y:n; t:
mn-14 | Frobenius product | np.sum(A * (X @ X.T)) | X | A:n,n; X:n,k
mn-15 | metric learning | (x - y) @ M.T @ M @ (x - y) | M | x:n; y:n; M:k,n
mn-16 | bilinear, GBC | np.log(1 + np.exp(-t * (x @ W @ y))) | W | x:m; W:m,n; y:n; t:
mn-17 | word vectors | np.log(np.sum(np.exp(U @ v))) - U[0] @ v | v | U:n,k; v:k
mn-18 | attention score | np.sum(np.tanh(Q @ K.T) @ V) | Q | Q:n,k; K:m,k; V:m,p
mn-19 | power | np.sum(np.abs(x)**3) | x | x:n
mn-20 | smooth maximum | np.log(np.mean(np.exp(t * x))) / t | t | x:n; t:
mn-21 | quadratic in a row | float((x.T @ A @ x)[0, 0]) | x | x:n,1; A:n,n
mn-22 | norm not squared | np.linalg.norm(W @ u - v) | W | W:m,n; u:n,1; v:m,1
mn-24 | all entries of a product | np.sum(X @ X.T) | X | X:m,n
mn-23 | total variation, smoothed | np.sqrt(np.sum((D @ x)**2) + 1) | x | D:m,n; x:n
""".strip().splitlines()  # noqa: E501, a row is a line
]
