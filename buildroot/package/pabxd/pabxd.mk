################################################################################
#
# pabxd
#
################################################################################

# Made by scripts/image/vendor: the tree at one commit with the sources of its
# crates in vendor/. Nothing is fetched while the image is built.
PABXD_SITE = $(call qstrip,$(or $(PABX_SOURCE),$(BR2_EXTERNAL_PABX_PATH)/../.cache/image/source))
PABXD_SITE_METHOD = local
PABXD_LICENSE = MIT or Apache-2.0
PABXD_LICENSE_FILES = LICENSE-MIT LICENSE-APACHE
PABXD_DEPENDENCIES = host-pkgconf $(BR2_CMAKE_HOST_DEPENDENCY) systemd alsa-lib
PABXD_SUBDIR = pabxd
# One workspace: only the daemon is built and installed. Buildroot has its own
# idea of the release profile (BR2_OPTIMIZE_2, no LTO); LTO is what keeps it small.
PABXD_CARGO_ENV = CARGO_PROFILE_RELEASE_LTO=thin CARGO_PROFILE_RELEASE_CODEGEN_UNITS=1
PABXD_CARGO_BUILD_OPTS = --package pabxd

# The web UI comes built: no Node on the way to the image.
define PABXD_INSTALL_UI
	mkdir -p $(TARGET_DIR)/usr/share/pabxd
	cp -r $(@D)/webui/dist $(TARGET_DIR)/usr/share/pabxd/web
	chmod -R u=rwX,go=rX $(TARGET_DIR)/usr/share/pabxd/web
endef
PABXD_POST_INSTALL_TARGET_HOOKS += PABXD_INSTALL_UI

$(eval $(cargo-package))
